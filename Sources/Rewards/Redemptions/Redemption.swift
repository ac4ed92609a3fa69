import Loyalty

/// One member's redemption of one reward, led by the member's task.
///
/// ```
///   asked ──▶ stockHeld ──▶ delivering ─────────────▶ issued ◀─▶ used | expired
///     │           │           │    └──▶ unknown ──────▶│ │ ▲
///     │           │           │           │              ▼ │ was used before
///     │           │           ▼           ▼           cancelling ──▶ cancelled: points and stock back
///     └─ refused  └─ refused: └─ refused ─┘
///                    stock back  (delivery-failed): points back to their lots, stock back
/// ```
///
/// News that does not belong to where it stands moves nothing.
package struct Redemption: Equatable, Sendable {
  package let id: String
  package let memberId: String
  package let reward: String
  /// Whose price and terms hold for it.
  package let version: Int64
  package let quantity: Int64
  /// Of all pieces.
  package let points: Points
  package let hasStock: Bool
  package let delivery: Reward.Delivery
  package let cancelTerms: Reward.CancelTerms
  package let askedAt: Instant
  package private(set) var state: State

  package enum State: Equatable, Sendable {
    case asked
    case stockHeld
    case delivering
    case unknown
    case issued(String)
    case used(String)
    case expired(String)
    case cancelling(String)
    case cancelled
    case refused(RedemptionRefusal)
  }

  /// As it stands.
  package init(
    id: String, memberId: String, reward: String, version: Int64, quantity: Int64, points: Points, hasStock: Bool,
    delivery: Reward.Delivery, cancelTerms: Reward.CancelTerms, askedAt: Instant, state: State
  ) {
    self.id = id
    self.memberId = memberId
    self.reward = reward
    self.version = version
    self.quantity = quantity
    self.points = points
    self.hasStock = hasStock
    self.delivery = delivery
    self.cancelTerms = cancelTerms
    self.askedAt = askedAt
    self.state = state
  }

  /// A member asks, and was quoted a price.
  ///
  /// - Returns: the redemption, and what to ask first.
  package static func start(
    _ id: String, memberId: String, _ reward: Reward, quantity: Int64, points: Points, at now: Instant
  ) -> (Redemption, [RedemptionStep]) {
    var made = Redemption(
      id: id, memberId: memberId, reward: reward.id, version: reward.version, quantity: quantity, points: points,
      hasStock: reward.stock != nil, delivery: reward.delivery, cancelTerms: reward.cancel, askedAt: now, state: .asked)
    let steps = made.hasStock ? [.holdStock] : made.pay()
    return (made, steps)
  }

  /// What to ask next, in this order.
  package mutating func take(_ news: RedemptionNews) -> [RedemptionStep] {
    switch (state, news) {
    case (.asked, .stockHeld): return pay()
    case (.asked, .stockRefused(let left)):
      state = .refused(.outOfStock(left: left, asked: quantity))
      return []
    case (.stockHeld, .pointsTaken): return deliverNow()
    case (.stockHeld, .pointsRefused(let refusal)):
      state = .refused(refusal)
      return stock(.returnStock)
    case (.delivering, .delivered(let what)), (.unknown, .delivered(let what)):
      state = .issued(what)
      return stock(.giveStock)
    case (.delivering, .deliveryUnknown):
      state = .unknown
      return [.askDelivery]
    case (.delivering, .deliveryFailed(let why)), (.unknown, .deliveryFailed(let why)):
      state = .refused(.deliveryFailed(why))
      return backAgain()
    case (.issued(let what), .used), (.cancelling(let what), .notTakenBack), (.cancelling(let what), .used):
      state = .used(what)
      return []
    case (.used(let what), .givenBack):
      state = .issued(what)
      return []
    case (.issued(let what), .expired):
      state = .expired(what)
      return []
    case (.cancelling, .takenBack):
      state = .cancelled
      return backAgain()
    default: return []
    }
  }

  private mutating func pay() -> [RedemptionStep] {
    state = .stockHeld
    return points == 0 ? deliverNow() : [.takePoints]
  }

  private mutating func deliverNow() -> [RedemptionStep] {
    state = .delivering
    return [.deliver]
  }

  private func stock(_ step: RedemptionStep) -> [RedemptionStep] { hasStock ? [step] : [] }

  private func backAgain() -> [RedemptionStep] { (points == 0 ? [] : [.returnPoints]) + stock(.returnStock) }
}

// MARK: Cancelling

/// Why a redemption is not cancelled.
package enum CancelRefusal: Equatable, Sendable {
  case unknownRedemption
  case alreadyCancelled
  /// The reward's terms, or what it has become, do not let it.
  case notCancellable(Reward.CancelTerms.Until)
  case tooLate(since: Instant)
  case used
  case expired
  /// Nobody knows yet whether it is issued.
  case underWay

  package var code: String {
    switch self {
    case .unknownRedemption: "unknown-redemption"
    case .alreadyCancelled: "already-cancelled"
    case .notCancellable: "not-cancellable"
    case .tooLate: "too-late"
    case .used: "used"
    case .expired: "expired"
    case .underWay: "under-way"
    }
  }
}

package enum CancelAnswer: Equatable, Sendable {
  case steps([RedemptionStep])
  case refused(CancelRefusal)
}

extension Redemption {
  /// Gives up what nobody has used. Where something was issued, points come back only when that is back: what was used
  /// meanwhile stays used.
  package mutating func cancel(at now: Instant, in calendar: ZoneCalendar) -> CancelAnswer {
    if let refusal = cancelRefusal(at: now, in: calendar) { return .refused(refusal) }
    switch state {
    case .issued(let what):
      state = .cancelling(what)
      return .steps([.takeBack])
    case .delivering:
      state = .cancelled
      return .steps([.takeBack] + backAgain())
    default: return .steps([])
    }
  }

  /// No partner takes back what it has given.
  private var isPartners: Bool {
    if case .partner = delivery { true } else { false }
  }

  private func cancelRefusal(at now: Instant, in calendar: ZoneCalendar) -> CancelRefusal? {
    switch state {
    case .refused: return .notCancellable(cancelTerms.until)
    case .cancelled: return .alreadyCancelled
    case .used: return .used
    case .expired: return .expired
    case .asked, .stockHeld, .unknown: return .underWay
    case .delivering where delivery != .manual: return .underWay
    case .issued where cancelTerms.until == .issued || isPartners: return .notCancellable(.issued)
    case .issued, .delivering, .cancelling: break
    }
    if cancelTerms.until == .never { return .notCancellable(.never) }
    guard let days = cancelTerms.days else { return nil }
    let end = calendar.adding(days: days, to: askedAt)
    return now < end ? nil : .tooLate(since: end)
  }
}
