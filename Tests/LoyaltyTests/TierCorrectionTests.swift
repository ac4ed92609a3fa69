import Loyalty
import TestValues
import Testing

/// Tier changes that become known after the purchases they concern.
@Suite(.timeLimit(.minutes(10))) struct TierCorrectionTests {
  let scheme = TierScheme(
    metric: .spend, window: .lifetime,
    levels: [
      TierLevel(id: "member", from: 0), TierLevel(id: "silver", from: 300_00, factor: decimal("1.25")),
      TierLevel(id: "gold", from: 1000_00, factor: decimal("1.5")),
    ])

  func shop(pendingDays: Int = 14, expiry: Program.Expiry = .months(6)) -> Shop {
    Shop(program(pendingDays: pendingDays, expiry: expiry, tiers: scheme))
  }

  @Test func aKnownTierMultipliesWhatComesAfterIt() {
    var shop = shop()
    shop.reach("silver", since: time("2017-01-02T12:00:00.001Z"))
    #expect(shop.buy("A", at: "2017-01-02T12:00:00Z", "10.50") == 10)
    #expect(shop.buy("B", at: "2017-01-02T12:00:00.001Z", "10.50") == 12)
    #expect(shop.entries.map(\.rule) == ["base", "base", "tier"])
  }

  @Test func aLateUpgradeIsBookedIntoThePendingLot() {
    var shop = shop()
    shop.buy("A", at: "2017-01-02", "100.00")
    shop.reach("silver", since: time("2017-01-01"))
    #expect(shop.lots == ["pos:A 125+0"])
    #expect(shop.entries.last?.type == .pointsCorrected && shop.entries.last?.rule == "tier")
    #expect(shop.entries.last?.cause == "A")
    shop.reach("silver", since: time("2017-01-01"))
    #expect(shop.entries.count == 2)
  }

  @Test func aLateUpgradeOfAReturnedPurchaseIsTakenBackWholeThoughAFactorTookPointsOff() {
    var half = Multiplier(id: "cheap", factor: decimal("0.5"))
    half.when = .lineAmount(.init(below: decimal("1.50")))
    var program = program(tiers: scheme)
    program.multipliers = [half]
    var shop = Shop(program)
    shop.buy("A", at: "2017-01-02", "1.00", "9.00")
    shop.bringBack("R", of: "A", at: "2017-01-03", refund: "10.00")
    shop.reach("silver", since: time("2017-01-01"))
    #expect(shop.available == 0 && shop.records["pos:A"]?.granted == 11)
    #expect(shop.records["pos:A"]?.reversed == 11)
  }

  @Test func aLateUpgradeOfReleasedAndExpiredPurchasesEndsWhereATimelyOneWould() {
    var shop = shop()
    shop.buy("A", at: "2017-01-02", "100.00")
    shop.buy("B", at: "2017-06-02", "100.00")
    shop.settle("2017-07-15")
    #expect(shop.account.totals.expired == 100 && shop.available == 100)
    shop.reach("silver", since: time("2017-01-01"))
    #expect(shop.account.totals.expired == 125 && shop.lots == ["pos:B 0+125"])
    #expect(shop.records["pos:A"]?.expired == 125)
  }

  @Test func aRedemptionBeforeALateUpgradeKeepsTheLotsItWasAnsweredWith() {
    var late = shop(pendingDays: 0)
    late.buy("A", at: "2017-01-02", "100.00")
    late.buy("B", at: "2017-02-02", "100.00")
    var timely = shop(pendingDays: 0)
    timely.reach("gold", since: time("2017-01-01"))
    timely.buy("A", at: "2017-01-02", "100.00")
    timely.buy("B", at: "2017-02-02", "100.00")
    late.redeem(150, "R", at: "2017-03-01")
    timely.redeem(150, "R", at: "2017-03-01")
    late.reach("gold", since: time("2017-01-01"))
    #expect(late.account.totals == timely.account.totals && late.available == 150)
    for lot in ["pos:A", "pos:B"] { #expect(late.records[lot]?.granted == timely.records[lot]?.granted) }
    #expect(late.lots == ["pos:A 0+50", "pos:B 0+100"] && timely.lots == ["pos:B 0+150"])
  }

  @Test func aLateDowngradeTakesFromTheLotThenFromWhatExpiredOfIt() {
    var shop = shop()
    shop.reach("gold", since: time("2017-01-01"))
    shop.buy("A", at: "2017-01-02", "100.00")
    shop.buy("B", at: "2017-06-02", "100.00")
    shop.settle("2017-07-15")
    shop.reach("silver", since: time("2017-01-01T13:00:00Z"))
    #expect(shop.account.totals.expired == 125 && shop.lots == ["pos:B 0+125"])
    #expect(shop.account.totals.issued == 250)
  }

  @Test func onlyPurchasesUpToTheNextKnownChangeAreCorrected() {
    var shop = shop()
    shop.buy("A", at: "2017-01-02", "100.00")
    shop.buy("B", at: "2017-02-02", "100.00")
    shop.reach("gold", since: time("2017-02-01"))
    shop.reach("silver", since: time("2017-01-01"))
    #expect(shop.records["pos:A"]?.tierPoints == 25 && shop.records["pos:B"]?.tierPoints == 50)
  }

  @Test func aCorrectionOfAHalfReturnedPurchaseGivesHalf() {
    var timely = shop()
    timely.reach("gold", since: time("2017-01-01"))
    timely.buy("A", at: "2017-01-02", "100.00")
    timely.bringBack("R", of: "A", at: "2017-01-03", refund: "50.00")
    var late = shop()
    late.buy("A", at: "2017-01-02", "100.00")
    late.bringBack("R", of: "A", at: "2017-01-03", refund: "50.00")
    late.reach("gold", since: time("2017-01-01"))
    #expect(late.lots == ["pos:A 75+0"] && late.account.totals == timely.account.totals)
    timely.cancel("C", of: "A", at: "2017-01-04")
    late.cancel("C", of: "A", at: "2017-01-04")
    #expect(late.account.totals == timely.account.totals && late.pending == 0)
  }

  @Test func aVisitBonusIsNotMultiplied() {
    var program = program(
      spendRule("base", "1"), EarningRule(id: "each", kind: .visits(every: 1, points: 100)), tiers: scheme)
    program.pendingDays = 0
    var shop = Shop(program)
    shop.reach("gold", since: time("2017-01-01"))
    #expect(shop.buy("A", at: "2017-01-02", "10.00") == 115)
  }

  @Test func aLateUpgradeLeavesConditionalPointsOfAnOlderVersionWhoseAnswersWereNotKept() {
    let first = program(spendRule("red", "1", when: .category(.init(include: ["red"]))), tiers: scheme)
    var second = first
    second.version = 2
    second.limits = PointLimits(perPeriod: [.init(.day, 1_000)])
    var shop = Shop(first)
    shop.buy(purchase("A", at: "2017-01-02", lines: [line("A", "red", "100.00")]))
    shop.earlier = [first]
    shop.program = second
    shop.buy(purchase("B", at: "2017-01-02", lines: [line("A", "red", "100.00")]))
    shop.reach("gold", since: time("2017-01-01"))
    #expect(shop.records["pos:A"]?.granted == 150 && shop.records["pos:B"]?.granted == 150)
    #expect(shop.account.counters.points.map(\.amounts).joined().map(\.amount) == [150])
  }
}
