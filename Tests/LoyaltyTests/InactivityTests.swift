import Loyalty
import TestValues
import Testing

/// Points that run out when nothing is earned or redeemed for so many days.
@Suite(.timeLimit(.minutes(10))) struct InactivityTests {
  private func shop(_ zoneName: String = "UTC") -> Shop {
    Shop(program(expiry: .inactivity(days: 90), calendar: zone(zoneName)))
  }

  @Test func everyEarningPostponesAllLots() {
    var shop = shop()
    shop.buy("A", at: "2017-01-01", "10.00")
    shop.buy("B", at: "2017-03-31", "5.00")
    shop.settle("2017-06-29T11:59:59.999Z")
    #expect(shop.available == 15)
    shop.settle("2017-06-29")
    #expect(shop.available == 0 && shop.account.totals.expired == 15)
  }

  @Test func anActivityAtTheInstantOfExpiryComesTooLate() {
    var shop = shop()
    shop.buy("A", at: "2017-01-01", "10.00")
    shop.buy("B", at: "2017-04-01", "5.00")
    #expect(shop.available == 5 && shop.account.totals.expired == 10)
  }

  @Test func aRedemptionPostponesAndARefusedOneDoesNot() {
    var shop = shop()
    shop.buy("A", at: "2017-01-01", "10.00")
    shop.redeem(11, "R1", at: "2017-02-01")
    #expect(shop.account.terms.keptUntil == time("2017-04-01"))
    shop.redeem(4, "R2", at: "2017-02-01")
    #expect(shop.account.terms.keptUntil == time("2017-05-02"))
    shop.settle("2017-05-01")
    #expect(shop.available == 6)
  }

  @Test func whatEarnsNothingPostponesNothing() {
    var shop = shop()
    shop.buy("A", at: "2017-01-01", "10.00")
    shop.buy("B", at: "2017-02-01", "0.50")
    shop.adjust(by: 3, "J", at: "2017-02-01")
    #expect(shop.account.terms.keptUntil == time("2017-04-01"))
  }

  @Test func aLatePurchaseNeverBringsExpiryForward() {
    var shop = shop()
    shop.buy("A", at: "2017-03-01", "10.00")
    shop.buy("B", at: "2017-01-01", "5.00")
    #expect(shop.account.terms.keptUntil == time("2017-05-30"))
    #expect(shop.entries.last?.cause == "B" && shop.entries.last?.expiresAt == time("2017-05-30"))
    shop.settle("2017-05-29")
    #expect(shop.available == 15)
  }

  @Test func daysAreLocalWhenClocksChange() {
    var shop = shop("America/New_York")
    // Winter time here, summer time 90 days later: the same local time of day is an hour sooner.
    shop.buy("A", at: "2017-01-01T12:00:00-05:00", "10.00")
    #expect(shop.account.terms.keptUntil == time("2017-04-01T12:00:00-04:00"))
  }

  @Test func idleMonthsEndOnTheMonthsLastDayWhereItIsShorter() {
    var shop = Shop(program(expiry: .inactivity(.months(1)), calendar: zone("America/New_York")))
    shop.buy("A", at: "2017-01-31T12:00:00-05:00", "10.00")
    #expect(shop.account.terms.keptUntil == time("2017-02-28T12:00:00-05:00"))
    shop.redeem(1, "R", at: "2017-02-28T11:59:59-05:00")
    #expect(shop.account.terms.keptUntil == time("2017-03-28T11:59:59-04:00"))
    shop.settle("2017-03-28T11:59:59-04:00")
    #expect(shop.available == 0)
  }

  @Test func entriesTellWhatRebuildsTheLots() {
    var shop = shop()
    shop.buy("A", at: "2017-01-01", "10.00")
    shop.redeem(1, "R", at: "2017-02-01")
    #expect(shop.entries.map(\.keptUntil) == [time("2017-04-01"), time("2017-05-02")])
    shop.adjust(by: 3, "J", at: "2017-02-02")
    #expect(shop.entries.last?.keptUntil == nil && shop.entries.last?.expiresAt == time("2017-05-03"))
  }

  @Test func lotsOfAnEarlierKindThatNowEndTogetherAreTakenOldestFirst() {
    var shop = Shop(program(expiry: .days(60)))
    shop.buy("old", at: "2017-01-01", "10.00")
    shop.program.expiry = .days(10)
    shop.buy("young", at: "2017-01-02", "10.00")
    #expect(shop.lots.first == "pos:young 0+10")
    shop.program.expiry = .inactivity(days: 90)
    shop.redeem(5, "R", at: "2017-01-03")
    #expect(shop.lots == ["pos:old 0+5", "pos:young 0+10"])
  }
}
