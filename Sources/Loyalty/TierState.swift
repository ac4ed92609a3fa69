/// One member's tier in one programme and the activity it is judged by: one row of the tier evaluator.
package struct TierState: Equatable, Sendable {
  package var memberId: String
  package var programId: String
  /// nil: the programme's first level, since ever.
  package var level: String?
  package var since: Instant
  /// When the level is judged again if no purchase comes before; nil: never.
  package var nextJudgement: Instant?
  /// What was bought, by local day, ascending; one entry for all time where the window is lifetime.
  package var days: [TierDay]
  /// The highest time this state has been judged up to.
  package var clock: Instant

  package init(memberId: String, programId: String) {
    self.init(
      memberId: memberId, programId: programId, level: nil, since: .distantPast, nextJudgement: nil, days: [],
      clock: .distantPast)
  }

  /// From a stored row.
  package init(
    memberId: String, programId: String, level: String?, since: Instant, nextJudgement: Instant?, days: [TierDay],
    clock: Instant
  ) {
    self.memberId = memberId
    self.programId = programId
    self.level = level
    self.since = since
    self.nextJudgement = nextJudgement
    self.days = days
    self.clock = clock
  }
}

package struct TierDay: Equatable, Sendable {
  package var day: LocalDate
  /// Eligible spend in minor units, refunds taken off.
  package var spend: Int64
  package var visits: Int64

  package init(day: LocalDate, spend: Int64 = 0, visits: Int64 = 0) {
    self.day = day
    self.spend = spend
    self.visits = visits
  }
}

/// What a purchase, or its return, changes in a member's metric.
package struct TierActivity: Equatable, Sendable {
  /// Counts on the local day of the purchase, returns too.
  package var purchasedAt: Instant
  package var spend: Int64
  package var visits: Int64

  package init(purchasedAt: Instant, spend: Int64, visits: Int64) {
    self.purchasedAt = purchasedAt
    self.spend = spend
    self.visits = visits
  }
}
