import Loyalty

/// A member who wants a reward, as their task knows them.
package struct RewardAsk: Sendable {
  package var quantity: Int64
  /// What the member was shown of one piece's price, by the version that they name; nil: they take it at any price.
  package var shown: Points?
  package var moment: MemberMoment
  package var at: Instant
  package var calendar: ZoneCalendar
  package var available: Points
  package var isFrozen: Bool
  package var uses: MemberUses

  package static let quantityMax: Int64 = 1_000

  package init(
    quantity: Int64 = 1, shown: Points? = nil, at: Instant, calendar: ZoneCalendar, level: String? = nil,
    traits: MemberTraits? = nil, available: Points, isFrozen: Bool = false, uses: MemberUses = MemberUses()
  ) {
    precondition((1...RewardAsk.quantityMax).contains(quantity), "\(quantity) pieces")
    self.quantity = quantity
    self.shown = shown
    self.at = at
    self.calendar = calendar
    self.available = available
    self.isFrozen = isFrozen
    self.uses = uses
    moment = MemberMoment(at: at, level: level, traits: traits, calendar: calendar)
  }
}

package enum RewardQuote: Equatable, Sendable {
  /// Of all pieces.
  case price(Points)
  case refused(RedemptionRefusal)
}

extension Reward {
  /// What one piece costs this member; nil: nothing of ``costs`` holds. Too few points do not lead on to the next.
  package func price(for moment: MemberMoment) -> Points? {
    costs.first { $0.when.map(moment.satisfies) ?? true }?.points
  }

  /// The price of all pieces, or the first reason why the member does not get them. Of stock its owner decides.
  package func quote(_ ask: RewardAsk) -> RewardQuote {
    if let refusal = refusal(of: ask) { return .refused(refusal) }
    guard let price = price(for: ask.moment) else { return .refused(.notEligible) }
    if let shown = ask.shown, shown != price {
      return .refused(.priceChanged(shown: shown, now: price, version: version))
    }
    let required = Points(price.value * ask.quantity)
    guard required <= ask.available else {
      return .refused(.insufficientPoints(required: required, available: ask.available))
    }
    return .price(required)
  }

  private func refusal(of ask: RewardAsk) -> RedemptionRefusal? {
    if ask.isFrozen { return .accountFrozen }
    guard status == .active else { return .rewardNotActive(status) }
    if let validFrom, ask.at < validFrom { return .notYet(from: validFrom) }
    if let validUntil, ask.at >= validUntil { return .ended(at: validUntil) }
    guard isOpen(at: ask.at, in: ask.calendar) else { return .outsideHours }
    guard when.map(ask.moment.satisfies) ?? true else { return .notEligible }
    guard let perMember else { return nil }
    let day = ask.calendar.day(of: ask.at)
    guard ask.quantity > ask.uses.left(on: day, under: perMember) else { return nil }
    return .memberLimit(limit: perMember.count, used: ask.uses.used(on: day, under: perMember), asked: ask.quantity)
  }
}
