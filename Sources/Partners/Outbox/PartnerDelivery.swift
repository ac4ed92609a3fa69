import Loyalty

/// One order on its way to a partner: a row of the outbox. What is due is marked as out, that is committed, then the
/// call is made, then what came of it is taken, in a later commit.
///
/// ```
///   ready ──issue──▶ asking ──▶ issued
///     ▲ ▲              │ │ └───▶ refused
///     │ └─ not issued ─┘ │
///     │   (later)        ▼ nobody knows, or the reference is there
///     │               doubtful ──ask──▶ checking ──▶ issued | refused
///     │                  ▲                │ │
///     │                  └── not learned ─┘ │
///     └───── the partner knows no such order┘   (the same reference, when the partner allows it)
/// ```
///
/// Only ``Ready`` makes an ``IssueCall``, and only two things make a ``Ready``: an order that never went out, and word
/// that nothing was issued. What is doubtful has no way to order anything. An order has one ``PartnerReference`` for
/// life.
package struct PartnerDelivery: Equatable, Sendable {
  package let order: PartnerOrder
  package let reference: PartnerReference
  package internal(set) var state: State
  /// Calls so far, of both kinds: the number of the last one.
  package internal(set) var calls: Int
  /// How often the order went out.
  package internal(set) var issues: Int
  /// Questions since the order went out last.
  package internal(set) var questions: Int
  /// It was in doubt once: a refusal counts only when the partner knows no order of the reference.
  package internal(set) var wasInDoubt: Bool
  package internal(set) var lastIssueAt: Instant?
  package internal(set) var lastCode: String

  package enum State: Equatable, Sendable {
    case ready(Ready)
    case asking(Out)
    case doubtful(Doubtful)
    case checking(Out, refusal: PartnerRefusal?)
    case issued(Issued)
    case refused(PartnerRefusal, at: Instant)
  }

  /// It is known that nothing was issued.
  package struct Ready: Equatable, Sendable {
    package let notBefore: Instant

    fileprivate func call(_ delivery: PartnerDelivery) -> IssueCall {
      IssueCall(order: delivery.order, reference: delivery.reference, number: delivery.calls)
    }

    init(notBefore: Instant) { self.notBefore = notBefore }
  }

  /// Something may have been issued.
  package struct Doubtful: Equatable, Sendable {
    package let notBefore: Instant
    package let since: Instant
    /// What the partner said last, believed when it knows no order of the reference.
    let refusal: PartnerRefusal?

    fileprivate func call(_ delivery: PartnerDelivery) -> StatusCall {
      StatusCall(
        reference: delivery.reference, quantity: delivery.order.quantity, number: delivery.calls)
    }
  }

  /// A call is out.
  package struct Out: Equatable, Sendable {
    package let number: Int
    /// Since when it is, and since when it was doubtful.
    package let since: Instant
    let doubtfulSince: Instant?
  }

  /// What is kept of vouchers: no code.
  package struct Issued: Equatable, Sendable {
    package let at: Instant
    package let count: Int
    package let serials: [String]
  }

  /// - Returns: the refusal where the order can have no reference there.
  package static func start(
    _ order: PartnerOrder, with adapter: any PartnerAdapter
  ) -> Result<PartnerDelivery, PartnerNeverAsked> {
    guard let reference = PartnerReference(of: order.id, prefix: adapter.referencePrefix) else {
      return .failure(.referenceTooLong)
    }
    let ready = Ready(notBefore: order.askedAt)
    let delivery = PartnerDelivery(
      order: order, reference: reference, state: .ready(ready), calls: 0, issues: 0, questions: 0, wasInDoubt: false,
      lastIssueAt: nil, lastCode: "")
    return adapter.issue(ready.call(delivery)) != nil ? .success(delivery) : .failure(.productNotValid)
  }

  /// When there is something to do; nil: never again, or an outcome is awaited.
  package var dueAt: Instant? {
    switch state {
    case .ready(let ready): ready.notBefore
    case .doubtful(let doubtful): doubtful.notBefore
    case .asking, .checking, .issued, .refused: nil
    }
  }

  /// In doubt since then: what operators look at.
  package var inDoubtSince: Instant? {
    switch state {
    case .doubtful(let doubtful): doubtful.since
    case .checking(let out, _): out.doubtfulSince
    case .ready, .asking, .issued, .refused: nil
    }
  }

  /// Whether nothing is to come any more.
  package var isSettled: Bool {
    switch state {
    case .issued, .refused: true
    case .ready, .asking, .doubtful, .checking: false
    }
  }
}

/// Why an order is not even stored: it would be refused for certain.
package enum PartnerNeverAsked: String, Error, Sendable {
  case referenceTooLong = "reference-too-long"
  case productNotValid = "product-not-valid"
}

/// An order that goes out. Made by ``PartnerDelivery/Ready`` alone.
package struct IssueCall: Equatable, Sendable {
  package let order: PartnerOrder
  package let reference: PartnerReference
  /// Which call of its delivery it is: what comes of another one is not taken for it.
  package let number: Int

  fileprivate init(order: PartnerOrder, reference: PartnerReference, number: Int) {
    self.order = order
    self.reference = reference
    self.number = number
  }
}

/// A question about an order that may be there.
package struct StatusCall: Equatable, Sendable {
  package let reference: PartnerReference
  let quantity: Int
  package let number: Int

  fileprivate init(reference: PartnerReference, quantity: Int, number: Int) {
    self.reference = reference
    self.quantity = quantity
    self.number = number
  }
}

package enum PartnerCall: Equatable, Sendable {
  case issue(IssueCall)
  case status(StatusCall)
}

extension PartnerDelivery {
  /// What to do now.
  package enum Step: Equatable, Sendable {
    case nothing
    /// To be made when this state is committed, and not before.
    case call(PartnerCall)
    case told(PartnerNews)
  }

  /// What is due. An order is given up only where it is known that nothing was issued.
  ///
  /// - Parameter mayCall: whether the partner's ``PartnerGate`` lets a call go.
  package mutating func next(at now: Instant, mayCall: Bool, _ patience: PartnerPatience) -> Step {
    guard let dueAt, dueAt <= now else { return .nothing }
    switch state {
    case .ready(let ready):
      if now >= order.askedAt.advanced(byMilliseconds: patience.giveUpAfterMs) {
        return .told(refuse(.gaveUp(lastCode), at: now))
      }
      guard mayCall else { return .nothing }
      calls += 1
      issues += 1
      questions = 0
      lastIssueAt = now
      state = .asking(.init(number: calls, since: now, doubtfulSince: nil))
      return .call(.issue(ready.call(self)))
    case .doubtful(let doubtful):
      guard mayCall else { return .nothing }
      calls += 1
      questions += 1
      state = .checking(
        .init(number: calls, since: now, doubtfulSince: doubtful.since), refusal: doubtful.refusal)
      return .call(.status(doubtful.call(self)))
    case .asking, .checking, .issued, .refused: return .nothing
    }
  }

  mutating func refuse(_ refusal: PartnerRefusal, at now: Instant) -> PartnerNews {
    state = .refused(refusal, at: now)
    return .refused(refusal)
  }
}

/// What the redemption is told.
package enum PartnerNews: Equatable, Sendable {
  /// The codes, to be sealed: no row of the outbox keeps them.
  case issued([PartnerVoucher])
  case refused(PartnerRefusal)
  /// Nobody knows; told once.
  case inDoubt
}

/// How long one waits.
package struct PartnerPatience: Equatable, Sendable {
  /// After a refusal that is not for good, and between two questions; it doubles up to the second.
  package let delayMs: Int64
  package let delayMsMax: Int64
  /// From the asking on, an order of which nothing was issued is tried for so long.
  package let giveUpAfterMs: Int64
  /// The partner's own.
  package let repeatAfterMs: Int64

  package init(
    delayMs: Int64 = 15_000, delayMsMax: Int64 = 3_600_000, giveUpAfterMs: Int64 = 86_400_000, terms: PartnerTerms
  ) {
    self.delayMs = delayMs
    self.delayMsMax = delayMsMax
    self.giveUpAfterMs = giveUpAfterMs
    repeatAfterMs = terms.repeatAfterMs
  }

  private static let doublingsMax = 20

  /// After the first, the second, … call that did not help.
  func delay(after count: Int) -> Int64 {
    min(delayMs << Int64(min(max(count - 1, 0), Self.doublingsMax)), delayMsMax)
  }
}
