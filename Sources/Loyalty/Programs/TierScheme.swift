/// How members climb: what is measured, over which window, and what each level needs and gives.
package struct TierScheme: Equatable, Sendable {
  package var metric: Metric
  package var window: Window
  package var downgrade: Downgrade
  /// So many days after a period's end, or after spend left the window, a fall takes effect.
  package var graceDays: Int
  package var onReversal: OnReversal
  /// Ascending by `from`; the first is everyone's and starts at 0.
  package var levels: [TierLevel]
  /// What ``Metric/activities`` counts.
  package var activities: ActivityMeasure?
  /// nil: ``Metric/spend`` counts in one currency alone.
  package var rates: TierRates?

  package enum Metric: String, Sendable, CaseIterable {
    /// Eligible spend, refunds taken off; minor units.
    case spend
    /// All points that purchases and activities earned, what was reversed taken off.
    case points
    /// The same before multipliers and the tier's factor.
    case basePoints
    /// Purchases with eligible spend above 0.
    case visits
    /// An attribute of activities, or how many there were; millionths.
    case activities

    package var isPoints: Bool { self == .points || self == .basePoints }
    package var isPurchases: Bool { self == .spend || self == .visits }
  }

  package enum Window: Equatable, Sendable {
    case lifetime
    case calendarYear
    /// From the first of January, April, July and October.
    case calendarQuarter
    case rolling(months: Int)
    /// As rolling; and a level is valid so many months from the day it was reached, see ``TierState/validFrom``.
    case validity(months: Int)
    /// The member's own years, the first beginning on the local day of the first activity counted.
    case anniversary
  }

  package enum Downgrade: String, Sendable, CaseIterable {
    case oneLevel = "one-level"
    case toEarned = "to-earned"
    case never
  }

  /// What a return does to a level that it leaves no longer earned.
  package enum OnReversal: String, Sendable, CaseIterable {
    /// Nothing before the next judgement.
    case keep
    /// The member falls at once to what is earned.
    case rejudge
  }

  /// The rule that entries of the tier's factor name, whatever the level, so that corrections net out.
  package static let rule = "tier"

  package init(
    metric: Metric, window: Window, downgrade: Downgrade = .toEarned, graceDays: Int = 0,
    onReversal: OnReversal = .keep, levels: [TierLevel]
  ) {
    self.metric = metric
    self.window = window
    self.downgrade = downgrade
    self.graceDays = graceDays
    self.onReversal = onReversal
    self.levels = levels
  }

  package func index(of level: String) -> Int? {
    levels.firstIndex { $0.id == level }
  }
}

package struct TierLevel: Equatable, Sendable {
  package var id: String
  /// Reached when the metric is equal or above: minor units of spend, points, visits, or millionths of activities.
  package var from: Int64
  /// Multiplies what the spend rules give; 1 or more.
  package var factor: ExactDecimal
  /// What members read of it.
  package var names = DisplayNames()

  package init(id: String, from: Int64, factor: ExactDecimal = .one) {
    self.id = id
    self.from = from
    self.factor = factor
  }
}
