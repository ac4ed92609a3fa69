/// What rating looks at: gathered from a purchase when it is booked, or from the record of one that is rated again.
struct RatingFacts {
  var occurredAt: Instant
  /// The local day it occurred on.
  var day: LocalDate
  var currency: Currency
  var lotId: String
  /// Eligible spend of the purchase, never negative.
  var eligible: Int64
  var lines: [SpendLine]
  /// One for each line where the programme has conditions on lines, else empty.
  var lineBits: [ConditionBits]
  var purchaseBits: ConditionBits
  /// Whether it counts as a visit and towards thresholds: not after it was refunded whole.
  var isVisit = true
  /// What it counted against limits by number when it was booked, where that stands; nil: it is counted now.
  var keptCounts: [AwardCount]?

  init(of purchase: Transaction, under program: Program, traits: MemberTraits?, number: Int64) {
    let eligible = purchase.eligibleSpendOfLines()
    self.init(
      of: purchase, spend: PurchaseSpend(of: purchase, eligibleSpendOfLines: eligible),
      lotId: Lot.id(source: purchase.source, purchaseId: purchase.id), under: program, traits: traits, number: number)
  }

  init(
    of purchase: Transaction, spend: PurchaseSpend, lotId: String, under program: Program, traits: MemberTraits?,
    number: Int64
  ) {
    occurredAt = purchase.occurredAt
    currency = purchase.currency
    self.lotId = lotId
    eligible = spend.eligible
    lines = spend.lines
    let (day, timeOfDayMs) = program.calendar.dayAndTime(of: purchase.occurredAt)
    self.day = day
    let table = program.plan.table
    lineBits = []
    if program.plan.hasLineConditions {
      lineBits.reserveCapacity(lines.count)
      for index in lines.indices {
        lineBits.append(
          table.bits(
            ofLine: index, of: purchase, eligible: lines[index].eligible, quantity: lines[index].quantity))
      }
    }
    purchaseBits = .none
    if !table.purchaseConditions.isEmpty {
      purchaseBits = table.bits(
        of: Occasion(
          occurredAt: occurredAt, day: day, timeOfDayMs: timeOfDayMs, traits: traits, calendar: program.calendar,
          purchase: Occasion.PurchaseSide(
            store: purchase.store, channel: purchase.channel, currency: purchase.currency,
            tenders: purchase.payments.map(\.tender), eligible: eligible, number: number)))
    }
  }

  /// What the lines that a rule matches come to: minor units of eligible spend, or for `product` millionths of a unit;
  /// nil where the rule does not match.
  func measure(_ rule: RatingPlan.Rule, level: String?) -> Int64? {
    guard rule.isInForce(at: occurredAt), rule.condition.holds(forPurchase: purchaseBits, level: level) else {
      return nil
    }
    var sum: Int64 = 0
    if case .product = rule.rule.kind {
      for index in lines.indices where lines[index].eligible > 0 && matches(rule, index, level) {
        sum += lines[index].quantity
      }
    } else if rule.condition.isAboutLines {
      for index in lines.indices where matches(rule, index, level) { sum += lines[index].eligible }
    } else {
      sum = eligible
    }
    return sum > 0 ? sum : nil
  }

  func answers(under program: Program) -> ConditionAnswers {
    ConditionAnswers(fingerprint: program.plan.fingerprint, purchase: purchaseBits, lines: lineBits)
  }

  func matches(_ rule: RatingPlan.Rule, _ line: Int, _ level: String?) -> Bool {
    guard rule.condition.isAboutLines else { return true }
    return rule.condition.holds(forLine: lineBits[line], purchase: purchaseBits, level: level)
  }
}
