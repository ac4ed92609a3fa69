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
  /// What it counts against limits by number.
  package var counts: [AwardCount] = []

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
