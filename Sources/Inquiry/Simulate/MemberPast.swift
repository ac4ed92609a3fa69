import Loyalty

/// What a simulation knows of the member; a new one has none of it.
package struct MemberPast {
  /// nil: nobody in particular.
  package var memberId: String?
  package var counters = EarningCounters()
  package var traits: MemberTraits?
  /// nil: the programme's first level.
  package var level: String?
  /// What counts towards the next level when the purchase is booked, in its own unit.
  package var metric: ExactDecimal?
  /// The first day of the running year of the programme's tiers then; nil: not known, or the window has no years.
  package var yearStart: LocalDate?
  /// As of when the tier was told; a purchase from before is booked late.
  package var toldAsOf: Instant?
  package var isClosed = false
  package var isFrozen = false

  package init() {}

  /// As the platform tells the member, for a purchase at `instant`. What counts towards the next level is taken only
  /// where the programme still measures the same, and less what has left the window by then.
  ///
  /// - Parameter closedAt: of a closed account; nil: longer ago than is known.
  package init(
    _ statement: AccountStatement, closedAt: Instant? = nil, traits: MemberTraits?, under program: Program,
    at instant: Instant
  ) throws(InquiryError) {
    guard let earning = statement.earning else {
      throw .noEarningPast(memberId: statement.memberId, programId: statement.programId)
    }
    if let since = earning.since, instant < since {
      throw .earningPastTooShort(memberId: statement.memberId, programId: statement.programId, since: since)
    }
    memberId = statement.memberId
    counters = earning.counters
    self.traits = traits
    level = earning.level(at: instant)
    if let tier = statement.tier, let scheme = program.tiers, tier.measures == scheme.metric {
      note(tier, under: scheme, program.calendar, at: instant)
    }
    switch statement.status {
    case .active: break
    case .frozen: isFrozen = true
    case .closed: isClosed = closedAt.map { $0 <= instant } ?? true
    }
  }

  private mutating func note(
    _ tier: TierStanding, under scheme: TierScheme, _ calendar: ZoneCalendar, at instant: Instant
  ) {
    let bookedAt = max(instant, tier.asOf)
    toldAsOf = tier.asOf
    metric = tier.counted(at: bookedAt, over: scheme.window, calendar)
    guard let end = tier.progress?.endsAt, bookedAt < end else { return }
    yearStart = calendar.day(of: end).adding(months: -12)
  }
}
