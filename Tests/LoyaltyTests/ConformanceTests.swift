import Loyalty
import Testing

/// Cases that other loyalty systems' own tests and documents state, as far as the rules of this version reach; the numbers
/// are those of the rulebook's table.
@Suite struct ConformanceTests {
  /// Fixture B.
  let basket = [line("123", "red", "12.00"), line("000", "blue", "100.00"), line("DELIVERY", nil, "40.00")]

  func earned(_ rules: EarningRule..., rounding: Rounding = .down, lines: [PurchaseLine]) -> Int64 {
    var program = program(rounding: rounding)
    program.earning = rules
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
}
