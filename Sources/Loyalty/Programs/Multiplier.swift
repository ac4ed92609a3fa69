/// Multiplies what `spend` and `product` rules gave to the lines it matches. It books a line of its own:
/// `round((factor − 1) × the whole points that stand)`.
package struct Multiplier: Equatable, Sendable {
  package var id: String
  /// 0 or more; below 1 it takes points off.
  package var factor: ExactDecimal
  package var when: Condition?
  /// The rules whose points it works on; nil: all of them.
  package var rules: Set<String>?
  /// It works on purchases that occur in [from, until).
  package var from: Instant?
  package var until: Instant?
  package var combine: Combine
  /// Where exclusive ones match, the one of the highest priority works alone, without the tier's factor.
  package var isExclusive = false
  package var priority = 0
  package var campaign: String?
  package var times = TimesLimits()
  /// What members read of it.
  package var names = DisplayNames()

  package enum Combine: String, Sendable, CaseIterable {
    /// On what the rules, the tier and the multipliers before it gave.
    case compound
    /// On what the rules gave.
    case add
  }

  /// What keeps the sets of lines that rating looks at few: at most 2^8.
  package static let countMax = 20
  package static let narrowingMax = 8

  package init(
    id: String, factor: ExactDecimal, when: Condition? = nil, rules: Set<String>? = nil, combine: Combine = .compound
  ) {
    self.id = id
    self.factor = factor
    self.when = when
    self.rules = rules
    self.combine = combine
  }

  /// Whether it may work on a part of the lines or of the rules only.
  package var isNarrowing: Bool { rules != nil || when?.isAboutLines == true }
}

/// A budget of points over all members that rules and multipliers draw from.
package struct Campaign: Equatable, Sendable {
  package var id: String
  package var budget: Points

  package init(id: String, budget: Points) {
    self.id = id
    self.budget = budget
  }
}
