/// What one rule, the tier's factor or one multiplier gave to one purchase.
package struct RuleAward: Equatable, Sendable {
  /// The rule's or multiplier's id; `tier` for the tier's factor.
  package var rule: String
  /// Booked; negative where a factor below 1 takes off.
  package var points: Points
  package var part: Part
  /// After its rule's own limits, before those of the programme and the campaign's budget.
  package var asked: Points
  /// What its campaign's budget has not granted yet, or never will.
  package var deferred: Points = 0
  /// How often a bonus was reached.
  package var times: Int64 = 0
  /// Of a bonus: what returns have taken back of it.
  package var revoked: Points = 0

  package enum Part: UInt8, Sendable {
    /// Of a `spend` or `product` rule: the base of the factors.
    case rule = 0
    /// Of a rule whose points are taken back whole or not at all; no factor applies to it.
    case bonus = 1
    case tier = 2
    case multiplier = 3
    /// Of any other rule: reversed in proportion, no factor applies to it.
    case fixed = 4
  }

  package init(rule: String, points: Points, part: Part = .rule, asked: Points? = nil) {
    self.rule = rule
    self.points = points
    self.part = part
    self.asked = asked ?? points
  }

  package var isBonus: Bool { part == .bonus }
}

extension RuleAward.Part {
  /// Given by an earning rule, before the tier's factor and multipliers.
  var isBase: Bool {
    switch self {
    case .rule, .bonus, .fixed: true
    case .tier, .multiplier: false
    }
  }
}

extension [RuleAward] {
  var tierPoints: Points { reduce(0) { $1.part == .tier ? $0 + $1.points : $0 } }
}

extension EarningRule {
  /// What its awards are to factors and returns.
  var part: RuleAward.Part { isMultiplied ? .rule : isBonus ? .bonus : .fixed }
}
