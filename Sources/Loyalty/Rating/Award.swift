/// What a purchase or an activity earns: the answer of rating, and what booking turns into entries.
package struct Award: Equatable, Sendable {
  /// In the order of the entries: the rules in document order, the tier's factor, the multipliers in document order.
  package var lines: [AwardLine] = []
  /// The `visits` rules that counted this purchase, awarding or not.
  package var visitRules: [String] = []
  /// What it adds to the spend that `threshold` rules watch.
  package var thresholds: [ThresholdSpend] = []
  /// Of an activity: the rules with a limit of times that counted it, awarding or not.
  package var timesRules: [String] = []

  package var points: Points { lines.reduce(0) { $0 + $1.award.points } }

  var tierPoints: Points {
    lines.reduce(0) { $1.award.part == .tier ? $0 + $1.award.points : $0 }
  }

  package static let none = Award()
}

/// One entry of an award.
package struct AwardLine: Equatable, Sendable {
  package var award: RuleAward
  package var basis: Basis?
  /// The member's level where the tier's factor or a condition on the tier decided.
  package var tier: String?
  /// The last limit that cut it.
  package var capped: Cap?
  package var campaign: String?

  package init(
    award: RuleAward, basis: Basis? = nil, tier: String? = nil, capped: Cap? = nil, campaign: String? = nil
  ) {
    self.award = award
    self.campaign = campaign
    self.basis = basis
    self.tier = tier
    self.capped = capped
  }
}

/// What a rule or factor worked on.
package enum Basis: Equatable, Sendable {
  /// Eligible spend in the currency's own unit.
  case spend(ExactDecimal)
  case quantity(ExactDecimal)
  /// Whole points that a factor worked on.
  case points(Points)
  /// Visits, or times that an activity happened.
  case count(Int64)
  /// An activity's attribute.
  case value(ExactDecimal)
}

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

/// Eligible spend of a purchase, minor units, that counts towards one `threshold` rule; refunds take it off.
package struct ThresholdSpend: Equatable, Sendable {
  package var rule: String
  /// What the rule saw when the purchase was booked.
  package var seen: Int64
  /// What still counts of it.
  package var spend: Int64

  package init(rule: String, seen: Int64, spend: Int64) {
    self.rule = rule
    self.seen = seen
    self.spend = spend
  }
}

extension [RuleAward] {
  var tierPoints: Points { reduce(0) { $1.part == .tier ? $0 + $1.points : $0 } }
}
