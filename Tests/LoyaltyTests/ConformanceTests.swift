import Loyalty
import TestValues
import Testing

/// Cases that other loyalty systems' own tests and documents state; the numbers are those of the rulebook's table. The
/// rulebook wins where a case conflicts with it, and the test says so.
@Suite(.timeLimit(.minutes(10))) struct ConformanceTests {
  /// Fixture B.
  let basket = [line("123", "red", "12.00"), line("000", "blue", "100.00"), line("DELIVERY", nil, "40.00")]

  func earned(
    _ rules: EarningRule..., times multipliers: [Multiplier] = [], rounding: Rounding = .down,
    limits: PointLimits = PointLimits(), lines: [PurchaseLine]
  ) -> Int64 {
    var program = program(rounding: rounding)
    program.earning = rules
    program.multipliers = multipliers
    program.limits = limits
    var shop = Shop(program)
    return shop.buy(purchase("P", lines: lines))
  }

  @Test("1, Open Loyalty 3.2: points per amount, one SKU excluded")
  func excludedSkuEarnsNothing() {
    #expect(earned(spendRule("base", "4"), lines: basket) == 608)
    #expect(earned(spendRule("base", "4", when: .sku(.init(exclude: ["000"]))), lines: basket) == 208)
  }

  @Test("2, Open Loyalty 3.2: categories and delivery excluded or included")
  func categoriesAreIncludedAndExcluded() {
    #expect(earned(spendRule("base", "4", when: .category(.init(exclude: ["red"]))), lines: basket) == 560)
    #expect(earned(spendRule("base", "4", when: .category(.init(include: ["red"]))), lines: basket) == 48)
    let both: Condition = .all([.category(.init(exclude: ["red"])), .sku(.init(exclude: ["DELIVERY"]))])
    #expect(earned(spendRule("base", "4", when: both), lines: basket) == 400)
  }

  @Test("3, Open Loyalty 3.2: rules add up")
  func rulesAddUp() {
    #expect(earned(spendRule("ten", "10"), spendRule("four", "4"), lines: basket) == 2128)
  }

  func times(_ factor: String, _ when: Condition? = nil, id: String = "m") -> Multiplier {
    Multiplier(id: id, factor: decimal(factor), when: when)
  }

  func only(category: String) -> Condition { .category(.init(include: [category])) }

  @Test("4, Open Loyalty 3.2: points per amount and fixed points for a product")
  func fixedPointsForAProductAddUp() {
    let fixed = EarningRule(id: "fixed", kind: .transaction(points: 100), when: .sku(.init(include: ["123"])))
    #expect(earned(spendRule("base", "4"), fixed, lines: basket) == 708)
    let product = EarningRule(
      id: "product", kind: .product(points: ExactDecimal(100)), when: .sku(.init(include: ["123"])))
    #expect(earned(spendRule("base", "4"), product, lines: basket) == 708)
  }

  @Test("5, Open Loyalty 3.2: a product's points multiplied")
  func aFactorWorksOnTheLinesItMatches() {
    #expect(earned(spendRule("base", "4"), times: [times("3", .sku(.init(include: ["123"])))], lines: basket) == 704)
  }

  @Test("6, Open Loyalty 3.2: two categories multiplied, or excluded by a factor of 0")
  func factorsOfSeveralCategoriesWorkSideBySide() {
    let up = [times("3", only(category: "red"), id: "red"), times("6", only(category: "blue"), id: "blue")]
    #expect(earned(spendRule("base", "4"), times: up, lines: basket) == 2704)
    let off = [times("0", only(category: "red"), id: "red"), times("0", only(category: "blue"), id: "blue")]
    #expect(earned(spendRule("base", "4"), times: off, lines: basket) == 160)
  }

  @Test("7, Open Loyalty 3.2: a minimum order")
  func aMinimumOrderIsReachedAtEqual() {
    for (minimum, expected) in [("100", Int64(608)), ("152", 608), ("300", 0)] {
      let condition = Condition.amount(.init(atLeast: decimal(minimum)))
      #expect(earned(spendRule("base", "4", when: condition), lines: basket) == expected)
    }
  }

  @Test("8, Open Loyalty 3.2: a rule marked last stops those after it")
  func lastStopsTheRulesAfterIt() {
    var last = spendRule("last", "1")
    last.isLast = true
    #expect(earned(spendRule("one", "1"), last, spendRule("ten", "10"), lines: basket) == 304)
  }

  @Test("9, Open Loyalty 3.2: a last rule that does not match stops nothing")
  func lastThatDoesNotMatchStopsNothing() {
    var last = spendRule("last", "1", when: .amount(.init(atLeast: ExactDecimal(1_000_000))))
    last.isLast = true
    #expect(earned(spendRule("one", "1"), last, spendRule("two", "2"), lines: basket) == 456)
  }

  @Test("10, Open Loyalty 3.2: half the money back takes half the points")
  func halfARefundReversesHalf() {
    var shop = Shop(program(spendRule("base", "5")))
    #expect(shop.buy("P", at: "2017-01-02", "200.00") == 1000)
    shop.bringBack("R", of: "P", at: "2017-01-03", refund: "100.00")
    #expect(shop.available == 500)
  }

  @Test("11, Odoo: one of two units returned")
  func oneOfTwoUnitsReversesHalf() {
    var shop = Shop(program())
    shop.buy(purchase("P", lines: [line("A", nil, "100.00", quantity: "2")]))
    shop.bringBack("R", of: "P", at: "2017-01-03", lines: [ReturnedLine(sku: "A", quantity: .one)])
    #expect(shop.available == 50)
  }

  @Test("12, Odoo: a refunded order gives back the points spent on it and takes those it earned")
  func refundedOrderRestoresTheBalance() {
    var shop = Shop(program())
    shop.adjust(by: 200, "start", at: "2017-01-01")
    shop.buy("P", at: "2017-01-02", "70.00")
    shop.redeem(150, "order", at: "2017-01-02")
    #expect(shop.available == 120)
    shop.cancel("C", of: "P", at: "2017-01-03")
    shop.rollBack("order", "back", at: "2017-01-03")
    #expect(shop.available == 200)
  }

  @Test("13, Setono: the lot that expires first is taken first")
  func redemptionTakesTheSoonerExpiringLot() {
    var shop = Shop(program(expiry: .months(12)))
    shop.buy("jan", at: "2026-01-10", "50.00")
    shop.buy("feb", at: "2026-02-10", "50.00")
    shop.redeem(70, "R", at: "2026-03-01")
    #expect(shop.lots == ["pos:feb 0+30"])
  }

  @Test("14, Setono: a later-expiring lot that was earned first stays")
  func expiryGoesBeforeAge() {
    var shop = Shop(program(expiry: .months(12)))
    shop.buy("long", at: "2026-01-10", "100.00")
    shop.program.expiry = .months(6)
    shop.buy("short", at: "2026-02-10", "100.00")
    shop.redeem(100, "R", at: "2026-03-01")
    #expect(shop.lots == ["pos:long 0+100"])
  }

  @Test("15, Setono: never-expiring lots come last")
  func expiringLotIsUsedBeforeANeverExpiringOne() {
    var shop = Shop(program())
    shop.buy("never", at: "2026-01-10", "100.00")
    shop.program.expiry = .months(6)
    shop.buy("expiring", at: "2026-02-10", "100.00")
    shop.redeem(100, "R", at: "2026-03-01")
    #expect(shop.lots == ["pos:never 0+100"])
  }

  @Test("16, Setono: a clawback beyond the balance", arguments: [ReturnPolicy.Overdraw.clamp, .negative])
  func clawbackStopsAtZeroOrGoesBelow(overdraw: ReturnPolicy.Overdraw) {
    var shop = Shop(program(returns: ReturnPolicy(overdraw: overdraw)))
    shop.buy("P", at: "2017-01-02", "150.00")
    shop.redeem(100, "R", at: "2017-01-03")
    shop.cancel("C", of: "P", at: "2017-01-04")
    let reversed = shop.entries.filter { $0.type == .pointsReversed }
    let taken = reversed.reduce(0) { $0 + $1.points.value }
    #expect(shop.available == (overdraw == .clamp ? 0 : -100))
    #expect(taken == (overdraw == .clamp ? 50 : 150))
    #expect(reversed.last?.shortfall == (overdraw == .clamp ? 100 : 0))
  }

  @Test("17, Setono: the same clawback twice")
  func theSameClawbackTwiceIsOneEntry() {
    var shop = Shop(program())
    shop.buy("P", at: "2017-01-02", "150.00")
    shop.cancel("C", of: "P", at: "2017-01-04")
    shop.cancel("C", of: "P", at: "2017-01-04")
    #expect(shop.entries.filter { $0.type == .pointsReversed }.count == 1)
  }

  @Test("18, Setono: what is left of a lot expires")
  func theRestOfALotExpires() {
    var shop = Shop(program(expiry: .months(6)))
    shop.buy("P", at: "2017-01-02", "150.00")
    shop.redeem(50, "R", at: "2017-01-03")
    shop.settle("2017-07-02")
    #expect(shop.entries.last?.type == .pointsExpired && shop.entries.last?.points == 100)
    #expect(shop.available == 0)
  }

  @Test("19, Setono: redeeming and rolling back the same order twice")
  func redemptionAndItsCancelAreIdempotent() {
    var shop = Shop(program())
    shop.adjust(by: 1000, "start", at: "2017-01-01")
    shop.redeem(300, "order", at: "2017-01-02")
    shop.redeem(300, "order", at: "2017-01-02")
    #expect(shop.available == 700)
    shop.rollBack("order", "back-1", at: "2017-01-03")
    shop.rollBack("order", "back-2", at: "2017-01-03")
    #expect(shop.available == 1000)
    #expect(shop.entries.last?.reason == "already-cancelled")
  }

  @Test("20, Setono: fractions are rounded once per rule")
  func fractionsAreRoundedOncePerRule() {
    let lines = [line("A", nil, "19.99")]
    #expect(earned(spendRule("base", "1"), lines: lines) == 19)
    #expect(earned(spendRule("base", "1"), spendRule("half", "1", per: "2.00"), lines: lines) == 28)
  }

  @Test(
    "20, Setono: a factor of 1.5 on 19 whole points",
    arguments: zip([Rounding.down, .nearest, .up], [Int64(28), 29, 29]))
  func factorIsRoundedAsTheProgrammeSays(rounding: Rounding, expected: Int64) {
    // The case rounds its first rule down and only the factor three ways; a programme of ours has one rounding.
    #expect(19 + program(rounding: rounding).factorPoints(on: 19, factor: decimal("1.5")).value == expected)
  }

  @Test("21, Setono: a product at its own rate beside the rest")
  func aProductMayHaveItsOwnRate() {
    let lines = [line("P", nil, "40.00"), line("A", nil, "60.00")]
    let own = spendRule("product", "3", when: .sku(.init(include: ["P"])))
    let rest = spendRule("rest", "1", when: .sku(.init(exclude: ["P"])))
    #expect(earned(own, rest, lines: lines) == 180)
  }

  @Test("22, Setono: factors compound; one that is not stackable works alone")
  func factorsCompoundUnlessOneIsExclusive() {
    let lines = [line("A", nil, "100.00")]
    let both = [times("2", id: "two"), times("3", id: "three")]
    #expect(earned(spendRule("base", "1"), times: both, lines: lines) == 600)
    var alone = times("5", id: "five")
    alone.isExclusive = true
    #expect(earned(spendRule("base", "1"), times: both + [alone], lines: lines) == 500)
    let adding = both.map { multiplier in
      var multiplier = multiplier
      multiplier.combine = .add
      return multiplier
    }
    #expect(earned(spendRule("base", "1"), times: adding, lines: lines) == 400)
  }

  @Test("23, Bink BPL: a transaction's points are capped")
  func aTransactionIsCapped() {
    var capped = program()
    capped.limits = PointLimits(perTransaction: 1000)
    var shop = Shop(capped)
    shop.adjust(by: 2000, "start", at: "2017-01-01")
    shop.buy("P", at: "2017-01-02", "1250.00")
    #expect(shop.available == 3000)
    #expect(shop.entries.last?.capped == .transaction && shop.entries.last?.basis == .spend(ExactDecimal(1250)))
  }

  @Test("24, Bink BPL: a stamp for each purchase above a threshold")
  func aStampForEachPurchaseThatReachesTheThreshold() {
    let stamp = EarningRule(
      id: "stamp", kind: .threshold(.init(amount: ExactDecimal(500), points: 100)))
    var shop = Shop(program(stamp))
    for (id, amount) in [("A", "550.00"), ("B", "550.00"), ("C", "600.00")] { shop.buy(id, at: "2017-01-02", amount) }
    #expect(shop.available == 300)
    #expect(shop.buy("D", at: "2017-01-03", "480.00") == 0)
    #expect(shop.buy("E", at: "2017-01-03", "500.00") == 100)
  }

  @Test("25, ERPNext: the tier after what was spent before and now")
  func tierCountsWhatWasSpentBeforeAndNow() {
    let cases: [(String, String, String)] = [
      ("0", "6000", "Bronze"), ("0", "15000", "Silver"), ("8000", "3000", "Silver"), ("18000", "3000", "Gold"),
    ]
    let levels = [("Bronze", "0"), ("Silver", "10000"), ("Gold", "20000")].map {
      TierLevel(id: $0.0, from: cents($0.1))
    }
    let program = program(tiers: TierScheme(metric: .spend, window: .lifetime, levels: levels))
    for (before, now, expected) in cases {
      var state = TierState(memberId: "M-1", programId: "journey")
      for amount in [before, now] {
        let activity = TierActivity(purchasedAt: time("2017-01-02"), spend: cents(amount), visits: 1)
        _ = state.count(activity, occurredAt: time("2017-01-02"), cause: "P", under: program)
      }
      #expect(state.level ?? "Bronze" == expected)
    }
  }

  @Test("26, Square: ten per point, and factors on whole points")
  func onePointPerTen() {
    #expect(earned(spendRule("base", "1", per: "10.00"), lines: [line("A", nil, "105.00")]) == 10)
    #expect(program().factorPoints(on: 4, factor: decimal("1.5")) == 2)
    #expect(program().factorPoints(on: 5, factor: decimal("3")) == 10)
  }

  @Test("27, Siebel: each accrual is rounded before it is added")
  func accrualsAreRoundedOneByOne() {
    // The case has points of two decimals; ours are whole, so a programme that wants hundredths counts in them: 20.158
    // is 2015.8 of them.
    var shop = Shop(program(spendRule("base", "100.79", per: "5.00"), rounding: .nearest))
    #expect(shop.buy("P", at: "2017-01-02", "100.00") == 2016)
    #expect(shop.buy("Q", at: "2017-01-03", "100.00") == 2016)
    #expect(shop.available == 4032)
  }

  @Test("28, Loyalife: what is left below a cap")
  func theLastAwardBelowACapIsCut() {
    var capped = program()
    capped.limits = PointLimits(perPeriod: [.init(.month, 500)])
    var shop = Shop(capped)
    #expect(shop.buy("A", at: "2017-01-02", "450.00") == 450)
    #expect(shop.buy("B", at: "2017-01-31", "100.00") == 50)
    #expect(shop.entries.last?.capped == .month)
    #expect(shop.buy("C", at: "2017-01-31", "100.00") == 0)
    #expect(shop.buy("D", at: "2017-02-01", "100.00") == 100)
  }
}
