/// A member's tier after its last change, or its progress since: the value of `loyalty.tiers`.
package struct TierChange: Equatable, Sendable {
  package var memberId: String
  package var programId: String
  package var level: String
  package var previous: String
  /// From this instant on purchases earn at `level`; `distantPast`: the first level, which the member never left.
  package var since: Instant
  /// The level is held at least until then; nil: no end is set, as with a rolling window, which each purchase moves.
  package var until: Instant?
  package var reason: Reason
  /// What `metric` counts.
  package var measures: TierScheme.Metric
  /// What was judged: spend in the currency's own unit, points, a count of visits, or what activities came to.
  package var metric: ExactDecimal
  /// The level above and what is missing to it; nil: there is none.
  package var next: NextTier?
  /// What counts towards `next` now and later; nil: told by a release that did not say.
  package var progress: TierProgress?
  /// The id of the purchase, return or command that caused it, or of the timer.
  package var cause: String
  /// The member's time of the change, of the judgement, of the activity that brought progress, or at which something
  /// left the window.
  package var occurredAt: Instant

  package enum Reason: String, Sendable, CaseIterable {
    case upgrade
    case downgrade
    /// The level did not change: a judgement kept it and moved `until`.
    case kept
    /// An operator set the level.
    case manual
    /// The level did not change: activity or time moved the metric.
    case progress
  }

  /// - Parameter occurredAt: nil for `since`.
  package init(
    memberId: String, programId: String, level: String, previous: String, since: Instant, until: Instant?,
    reason: Reason, measures: TierScheme.Metric = .spend, metric: ExactDecimal, next: NextTier? = nil,
    progress: TierProgress? = nil, cause: String, occurredAt: Instant? = nil
  ) {
    self.memberId = memberId
    self.programId = programId
    self.level = level
    self.previous = previous
    self.since = since
    self.until = until
    self.reason = reason
    self.measures = measures
    self.metric = metric
    self.next = next
    self.progress = progress
    self.cause = cause
    self.occurredAt = occurredAt ?? since
  }

  package var standing: TierStanding {
    TierStanding(
      level: level, since: since == .distantPast ? nil : since, until: until, measures: measures, metric: metric,
      next: next, asOf: progress.map { max($0.asOf, occurredAt) } ?? occurredAt, progress: progress)
  }

  /// When what caused it occurred, at the latest: an upgrade holds from the millisecond after its purchase.
  package var causedAt: Instant {
    reason == .progress && occurredAt > since ? occurredAt : occurredAt.advanced(byMilliseconds: -1)
  }
}
