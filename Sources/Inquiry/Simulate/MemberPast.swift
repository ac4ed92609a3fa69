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

  /// As the points engine knows the member, for a purchase at `instant`. What was counted towards the next level is
  /// taken only where the programme still measures the same.
  package init(account: Account, traits: MemberTraits?, under program: Program, at instant: Instant) {
    memberId = account.memberId
    counters = account.counters
    self.traits = traits
    level = account.tierLevel(at: instant)
    metric = account.tier.flatMap { $0.measures == program.tiers?.metric ? $0.metric : nil }
    switch account.terms.standing {
    case .active: break
    case .frozen: isFrozen = true
    case .closed(let since, _): isClosed = since <= instant
    }
  }
}
