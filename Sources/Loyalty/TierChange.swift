/// A member's tier after its last change: the value of `loyalty.tiers`.
package struct TierChange: Equatable, Sendable {
  package var memberId: String
  package var programId: String
  package var level: String
  package var previous: String
  /// From this instant on purchases earn at `level`.
  package var since: Instant
  /// The level is held at least until then; nil: no end is set, as with a rolling window, which each purchase moves.
  package var until: Instant?
  package var reason: Reason
  /// What was judged: spend in the currency's own unit, or a count of visits.
  package var metric: ExactDecimal
  /// The id of the purchase or return that caused it, or of the timer.
  package var cause: String

  package enum Reason: String, Sendable, CaseIterable {
    case upgrade
    case downgrade
    /// The level did not change: a judgement kept it and moved `until`.
    case kept
  }

  package init(
    memberId: String, programId: String, level: String, previous: String, since: Instant, until: Instant?,
    reason: Reason, metric: ExactDecimal, cause: String
  ) {
    self.memberId = memberId
    self.programId = programId
    self.level = level
    self.previous = previous
    self.since = since
    self.until = until
    self.reason = reason
    self.metric = metric
    self.cause = cause
  }
}
