/// What a purchase was granted and what became of it: one row per member, programme and purchase. Returns and late tier
/// changes work on this, never on today's rules.
package struct PurchaseRecord: Equatable, Sendable {
  package var purchaseId: String
  package var source: String
  package var occurredAt: Instant
  package var currency: Currency
  package var programVersion: Int
  package var spend: PurchaseSpend
  /// What each rule gave, the tier's factor left out.
  package var awards: [RuleAward]
  /// What the tier's factor gave, late corrections included.
  package var tierPoints: Points
  /// The `visits` rules that counted this purchase.
  package var visitRules: [String]
  package var pendingUntil: Instant?
  package var expiresAt: Instant?
  /// Reversed in all by refunds, shortfalls included.
  package var reversed: Points
  /// Points of this purchase's lot that ran out unused.
  package var expired: Points
  /// `<source>:<id>` of the returns and cancels applied, oldest first.
  package var returnIds: [String]

  package init(
    purchaseId: String, source: String, occurredAt: Instant, currency: Currency, programVersion: Int,
    spend: PurchaseSpend, awards: [RuleAward] = [], tierPoints: Points = 0, visitRules: [String] = [],
    pendingUntil: Instant? = nil, expiresAt: Instant? = nil, reversed: Points = 0, expired: Points = 0,
    returnIds: [String] = []
  ) {
    self.purchaseId = purchaseId
    self.source = source
    self.occurredAt = occurredAt
    self.currency = currency
    self.programVersion = programVersion
    self.spend = spend
    self.awards = awards
    self.tierPoints = tierPoints
    self.visitRules = visitRules
    self.pendingUntil = pendingUntil
    self.expiresAt = expiresAt
    self.reversed = reversed
    self.expired = expired
    self.returnIds = returnIds
  }

  package var lotId: String { Lot.id(source: source, purchaseId: purchaseId) }

  /// What the spend rules gave: the base of the tier's factor.
  package var basePoints: Points {
    awards.reduce(0) { $1.isBonus ? $0 : $0 + $1.points }
  }

  /// What is reversed only when the whole purchase is refunded.
  package var bonusPoints: Points {
    awards.reduce(0) { $1.isBonus ? $0 + $1.points : $0 }
  }

  package var granted: Points { basePoints + bonusPoints + tierPoints }

  /// What all refunds so far take back under the rules that granted it.
  func reversalDue(under program: Program) -> Points {
    guard spend.refunded > 0 else { return 0 }
    let inProportion = program.reversal(
      of: basePoints + tierPoints, refunded: spend.refunded, eligible: spend.eligible)
    return spend.isRefundedWhole ? inProportion + bonusPoints : inProportion
  }
}

/// What one rule gave to one purchase.
package struct RuleAward: Equatable, Sendable {
  package var rule: String
  package var points: Points
  /// A bonus stays whole until the purchase is refunded whole, and no tier factor applies to it.
  package var isBonus: Bool

  package init(rule: String, points: Points, isBonus: Bool = false) {
    self.rule = rule
    self.points = points
    self.isBonus = isBonus
  }
}
