/// How members climb: what is measured, over which window, and what each level needs and gives.
package struct TierScheme: Equatable, Sendable {
  package var metric: Metric
  package var window: Window
  package var downgrade: Downgrade
  /// Ascending by `from`; the first is everyone's and starts at 0.
  package var levels: [TierLevel]

  package enum Metric: String, Sendable, CaseIterable {
    case spend, visits
  }

  package enum Window: Equatable, Sendable {
    case lifetime
    case calendarYear
    case rolling(months: Int)
  }

  package enum Downgrade: String, Sendable, CaseIterable {
    case oneLevel = "one-level"
    case toEarned = "to-earned"
    case never
  }

  package init(metric: Metric, window: Window, downgrade: Downgrade = .toEarned, levels: [TierLevel]) {
    self.metric = metric
    self.window = window
    self.downgrade = downgrade
    self.levels = levels
  }

  package func index(of level: String) -> Int? {
    levels.firstIndex { $0.id == level }
  }
}

package struct TierLevel: Equatable, Sendable {
  package var id: String
  /// Reached when the metric is equal or above: minor units of spend, or visits.
  package var from: Int64
  /// Multiplies what the spend rules give; 1 or more.
  package var factor: ExactDecimal

  package init(id: String, from: Int64, factor: ExactDecimal = .one) {
    self.id = id
    self.from = from
    self.factor = factor
  }
}
