import Loyalty

/// What a simulation knows of the member; a new one has none of it.
package struct MemberPast {
  /// nil: nobody in particular.
  package var memberId: String?
  package var counters = EarningCounters()
  package var traits: MemberTraits?
  /// nil: the programme's first level.
  package var level: String?
  /// What has been counted towards the next level, in its own unit.
  package var metric: ExactDecimal?
  package var isClosed = false
  package var isFrozen = false

  package init() {}

  /// As the platform tells the member, for a purchase at `instant`. What was counted towards the next level is taken
  /// only where the programme still measures the same.
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
    metric = statement.tier.flatMap { $0.measures == program.tiers?.metric ? $0.metric : nil }
    switch statement.status {
    case .active: break
    case .frozen: isFrozen = true
    case .closed: isClosed = closedAt.map { $0 <= instant } ?? true
    }
  }
}
