import Loyalty
import TestValues
import Testing

/// Bonuses of purchases and periods, and what returns do to them.
@Suite(.timeLimit(.minutes(10))) struct BonusTests {
  func threshold(_ amount: String, _ points: Points, within: Period? = nil, repeats: Bool = false) -> EarningRule {
    EarningRule(
      id: "bonus", kind: .threshold(.init(amount: decimal(amount), points: points, within: within, repeats: repeats)))
  }

  @Test func aThresholdIsReachedAtEqualAndRepeatsWhereItSaysSo() {
    var once = Shop(program(threshold("50.00", 10)))
    #expect(["49.99", "50.00", "150.00"].map { once.buy($0, at: "2017-01-02", $0) } == [0, 10, 10])
    var often = Shop(program(threshold("50.00", 10, repeats: true)))
    #expect(["49.99", "50.00", "150.00"].map { often.buy($0, at: "2017-01-02", $0) } == [0, 10, 30])
  }

  @Test func aReturnBelowTheThresholdTakesItsBonusWhole() {
    var shop = Shop(program(spendRule("b", "1"), threshold("50.00", 10)))
    shop.buy("P", at: "2017-01-02", "60.00")
    shop.bringBack("R1", of: "P", at: "2017-01-03", refund: "10.00")
    #expect(shop.available == 60)
    shop.bringBack("R2", of: "P", at: "2017-01-03", refund: "0.01")
    #expect(shop.available == 50)
    shop.cancel("C", of: "P", at: "2017-01-04")
    #expect(shop.available == 0 && shop.account.totals.reversed == 70)
  }

  @Test func thePurchaseThatCrossesThePeriodsAmountHoldsTheBonus() {
    var shop = Shop(program(threshold("100.00", 30, within: .month)))
    #expect(shop.buy("A", at: "2017-01-02", "60.00") == 0)
    #expect(shop.buy("B", at: "2017-01-20", "60.00") == 30)
    #expect(shop.buy("C", at: "2017-01-31", "60.00") == 0)
    #expect(shop.buy("D", at: "2017-02-01", "60.00") == 0)
    #expect(shop.entries.first?.basis == .spend(ExactDecimal(120)))
  }

  @Test func aReturnThatEndsThePeriodsSpendBelowTakesTheBonusFromItsHolder() {
    var shop = Shop(program(threshold("100.00", 30, within: .month)))
    shop.buy("A", at: "2017-01-02", "60.00")
    shop.buy("B", at: "2017-01-20", "60.00")
    shop.cancel("C", of: "A", at: "2017-01-21")
    #expect(shop.available == 0 && shop.records["pos:B"]?.reversed == 30)
    #expect(shop.entries.last?.type == .pointsReversed && shop.entries.last?.lotId == "pos:B")
    #expect(shop.buy("D", at: "2017-01-22", "60.00") == 30, "it is earned again")
    shop.cancel("E", of: "B", at: "2017-01-23")
    #expect(shop.available == 0 && Set(shop.entries.map(\.id)).count == shop.entries.count)
  }

  @Test func aRepeatedPeriodBonusIsTakenBackTheLastFirst() {
    var shop = Shop(program(threshold("50.00", 10, within: .week, repeats: true)))
    #expect(shop.buy("A", at: "2017-01-02", "110.00") == 20)
    #expect(shop.buy("B", at: "2017-01-03", "45.00") == 10)
    shop.bringBack("R", of: "A", at: "2017-01-04", refund: "60.00")
    #expect(shop.available == 10)
    #expect(shop.records["pos:B"]?.reversed == 10 && shop.records["pos:A"]?.reversed == 10)
  }

  @Test func onlyOneVisitADayCountsUntilAllOfTheDayAreReturned() {
    let visit = EarningRule(id: "v", kind: .visits(every: 2, points: 50, oncePerDay: true))
    var shop = Shop(program(visit))
    shop.buy("A", at: "2017-01-02T08:00:00Z", "10.00")
    #expect(shop.buy("B", at: "2017-01-02T20:00:00Z", "10.00") == 0)
    shop.cancel("C1", of: "A", at: "2017-01-02T21:00:00Z")
    #expect(shop.buy("D", at: "2017-01-03", "10.00") == 50)
    shop.cancel("C2", of: "B", at: "2017-01-04")
    #expect(shop.buy("E", at: "2017-01-05", "10.00") == 0)
    #expect(shop.buy("F", at: "2017-01-06", "10.00") == 0)
    #expect(shop.buy("G", at: "2017-01-07", "10.00") == 50)
  }

  @Test func aDaysAwardStandsAsLongAsOneOfItsPurchasesDoes() {
    let visit = EarningRule(id: "v", kind: .visits(every: 2, points: 50, oncePerDay: true))
    var shop = Shop(program(visit))
    shop.buy("A", at: "2017-01-02", "10.00")
    #expect(shop.buy("B", at: "2017-01-03T08:00:00Z", "10.00") == 50)
    #expect(shop.buy("C", at: "2017-01-03T20:00:00Z", "10.00") == 0)
    shop.cancel("R1", of: "B", at: "2017-01-04")
    #expect(shop.available == 50, "the member came on two days, B or no B")
    #expect(shop.buy("D", at: "2017-01-05", "10.00") == 0, "and the next award needs two more days")
    shop.cancel("R2", of: "C", at: "2017-01-06")
    #expect(shop.available == 0 && shop.records["pos:B"]?.reversed == 50)
    #expect(shop.entries.last?.cause == "R2" && shop.entries.last?.purchase == "pos:B")
    #expect(shop.buy("E", at: "2017-01-07", "10.00") == 50, "two days stood without it, so it completes them at once")
    #expect(shop.account.counters.visits.first?.count == 1)
  }

  @Test func fixedPointsAreReversedInProportion() {
    var shop = Shop(program(EarningRule(id: "f", kind: .transaction(points: 10))))
    shop.buy("P", at: "2017-01-02", "100.00")
    shop.bringBack("R", of: "P", at: "2017-01-03", refund: "50.00")
    #expect(shop.available == 5)
  }

  @Test func spendThatIsCountedAnewIsCountedOnce() {
    let scheme = TierScheme(
      metric: .spend, window: .lifetime,
      levels: [TierLevel(id: "member", from: 0), TierLevel(id: "gold", from: 500_00)])
    var bonus = EarningRule(
      id: "bonus", kind: .threshold(.init(amount: ExactDecimal(100), points: 50, within: .month, repeats: true)))
    bonus.when = .tier(.init(include: ["gold"]))
    var shop = Shop(program(bonus, tiers: scheme))
    shop.buy("A", at: "2017-01-02", "60.00")
    shop.buy("B", at: "2017-01-03", "60.00")
    for _ in 0..<3 {
      shop.reach("gold", since: time("2017-01-01"))
      #expect(shop.available == 50)
      shop.reach("member", since: time("2017-01-01"))
      #expect(shop.available == 0)
    }
  }
}
