/// What a purchase was granted and what became of it: one row per member, programme and purchase. Returns and late tier
/// changes work on this, never on today's rules.
package struct PurchaseRecord: Equatable, Sendable {
  package var purchaseId: String
  package var source: String
  package var occurredAt: Instant
  package var currency: Currency
  package var programVersion: Int
  package var spend: PurchaseSpend
  /// What the rules, the tier's factor and the multipliers gave, late corrections included.
  package var awards: [RuleAward]
  /// The `visits` rules that counted this purchase.
  package var visitRules: [String]
  /// What still counts of it towards `threshold` rules.
  package var thresholds: [ThresholdSpend]
  /// What it was counted as against limits by number; not any more once it has come back whole.
  package var counts: [AwardCount] = []
  /// Its number among the member's purchases, in the order they were booked; 0: it had no eligible spend.
  package var number: Int64
  /// How the programme's conditions were answered, where rating it again will ask.
  package var answers: ConditionAnswers?
  package var pendingUntil: Instant?
  package var expiresAt: Instant?
  /// Reversed in all by refunds, shortfalls included.
  package var reversed: Points
  /// Points of this purchase's lot that ran out unused.
  package var expired: Points
  /// Of `<source>:<id>` of the returns and cancels applied, oldest first: ``PurchaseSpend/returnsMax`` at most.
  package var returnIds: [IdDigest]

  package init(
    purchaseId: String, source: String, occurredAt: Instant, currency: Currency, programVersion: Int,
    spend: PurchaseSpend, awards: [RuleAward] = [], visitRules: [String] = [], thresholds: [ThresholdSpend] = [],
    number: Int64 = 0, answers: ConditionAnswers? = nil, pendingUntil: Instant? = nil, expiresAt: Instant? = nil,
    reversed: Points = 0, expired: Points = 0,
    returnIds: [IdDigest] = []
  ) {
    self.purchaseId = purchaseId
    self.source = source
    self.occurredAt = occurredAt
    self.currency = currency
    self.programVersion = programVersion
    self.spend = spend
    self.awards = awards
    self.visitRules = visitRules
    self.thresholds = thresholds
    self.number = number
    self.answers = answers
    self.pendingUntil = pendingUntil
    self.expiresAt = expiresAt
    self.reversed = reversed
    self.expired = expired
    self.returnIds = returnIds
  }

  package var lotId: String { Lot.id(source: source, purchaseId: purchaseId) }

  /// What the `spend` and `product` rules gave, before the programme's limits: the base of the factors.
  package var basePoints: Points {
    awards.reduce(0) { $1.part == .rule ? $0 + $1.asked : $0 }
  }

  /// What is not reversed in proportion.
  package var bonusPoints: Points {
    awards.reduce(0) { $1.isBonus ? $0 + $1.points : $0 }
  }

  package var tierPoints: Points { awards.tierPoints }

  package var granted: Points { awards.reduce(0) { $0 + $1.points } }

  func bonus(of rule: String) -> RuleAward? { awards.first { $0.isBonus && $0.rule == rule } }
}
