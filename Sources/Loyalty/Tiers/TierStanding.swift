/// Where a member stands in a programme: the level and the way to the next one. A part of the member's wallet.
package struct TierStanding: Equatable, Sendable {
  package var level: String
  /// nil: the programme's first level, since ever.
  package var since: Instant?
  /// The level is held at least until then; nil: no end is set.
  package var until: Instant?
  /// What is counted in ``metric``.
  package var measures: TierScheme.Metric
  /// What was judged last, or has been counted since: spend in the currency's own unit, points, visits, or what
  /// activities came to.
  package var metric: ExactDecimal
  /// nil: no level is above.
  package var next: NextTier?
  /// The member's time at which this was so.
  package var asOf: Instant
  /// What counts towards `next` now and later; nil: told by a release that did not say.
  package var progress: TierProgress?

  package init(
    level: String, since: Instant?, until: Instant?, measures: TierScheme.Metric, metric: ExactDecimal,
    next: NextTier?, asOf: Instant, progress: TierProgress? = nil
  ) {
    self.level = level
    self.since = since
    self.until = until
    self.measures = measures
    self.metric = metric
    self.next = next
    self.asOf = asOf
    self.progress = progress
  }
}

/// The level above, in the unit of the metric.
package struct NextTier: Equatable, Sendable {
  package var level: String
  /// Reached when the metric is equal or above.
  package var from: ExactDecimal
  /// What is missing still: `from` less what the window, or the running year, holds.
  package var missing: ExactDecimal

  package init(level: String, from: ExactDecimal, missing: ExactDecimal) {
    self.level = level
    self.from = from
    self.missing = missing
  }
}
