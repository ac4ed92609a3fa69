/// A member at a moment, for conditions that are asked where there is no purchase: what they say of one does not hold.
package struct MemberMoment: Sendable {
  private let occasion: Occasion
  private let level: String?

  package init(at instant: Instant, level: String?, traits: MemberTraits?, calendar: ZoneCalendar) {
    let (day, time) = calendar.dayAndTime(of: instant)
    occasion = Occasion(
      occurredAt: instant, day: day, timeOfDayMs: time, traits: traits, calendar: calendar, purchase: nil)
    self.level = level
  }

  package func satisfies(_ condition: Condition) -> Bool {
    switch condition {
    case .all(let parts): parts.allSatisfy(satisfies)
    case .any(let parts): parts.contains(where: satisfies)
    case .not(let part): !satisfies(part)
    case .tier(let selection): selection.holds(level)
    default: occasion.satisfies(condition)
    }
  }
}
