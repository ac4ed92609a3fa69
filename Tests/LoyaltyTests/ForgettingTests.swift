import Loyalty
import TestValues
import Testing

/// What an account forgets with the years, and what it must not.
@Suite(.timeLimit(.minutes(10))) struct ForgettingTests {
  private func levels(_ account: Account) -> [String] { account.tierHistory.map { "\($0.level) \($0.since.rfc3339)" } }

  @Test func levelsThatNoRememberedPurchaseAsksForAreForgotten() {
    var shop = Shop(program(spendRule("b", "1")))
    for year in 2017...2022 { shop.reach(year % 2 == 0 ? "gold" : "silver", since: time("\(year)-03-01")) }
    shop.account.forget(before: time("2020-06-01"), under: [shop.program])
    #expect(
      levels(shop.account) == [
        "silver 0001-01-01T00:00:00Z", "gold 2020-03-01T12:00:00Z", "silver 2021-03-01T12:00:00Z",
        "gold 2022-03-01T12:00:00Z",
      ])
    #expect(shop.account.tierLevel(at: time("2020-06-01")) == "gold")
    #expect(shop.account.tierLevel(at: time("2019-06-01")) == "silver", "the oldest level remembered")
    let before = shop.account
    shop.account.forget(before: time("2020-06-01"), under: [shop.program])
    #expect(shop.account == before)
    shop.account.forget(before: time("2021-06-01"), under: [shop.program])
    #expect(levels(shop.account).first == "gold 0001-01-01T00:00:00Z", "the last of those forgotten")
  }

  @Test func levelsThatChangeAllTheTimeAreBounded() {
    var shop = Shop(program(spendRule("b", "1")))
    let start = time("2017-01-01")
    for number in 0..<500 {
      shop.reach(number % 2 == 0 ? "gold" : "silver", since: start.advanced(byMilliseconds: Int64(number) * 60_000))
    }
    #expect(shop.account.tierHistory.count == Account.tierStepsMax)
    #expect(shop.account.tierLevel(at: start.advanced(byMilliseconds: 499 * 60_000)) == "silver")
  }

  @Test func countersOfRulesAndPeriodsThatAreOverGo() {
    let old = EarningRule(id: "old", kind: .visits(every: 9, points: 5, oncePerDay: true))
    var kept = spendRule("kept", "1")
    kept.limits = PointLimits(perPeriod: [.init(.day, 100), .init(.lifetime, 1_000)])
    let month = EarningRule(id: "month", kind: .threshold(.init(amount: decimal("500"), points: 5, within: .month)))
    var limited = program(old, kept, month)
    limited.limits = PointLimits(perPeriod: [.init(.week, 500)])
    var shop = Shop(limited)
    shop.buy("A", at: "2017-01-02", "10.00")
    shop.buy("B", at: "2018-01-02", "10.00")
    shop.account.forget(before: time("2018-01-01"), under: [shop.program])
    #expect(shop.account.counters.visits.first?.count == 2 && shop.account.counters.visits.first?.days.count == 1)
    #expect(shop.account.counters.thresholds.map(\.spend) == [1_000, 1_000], "a year's returns may still ask")
    #expect(shop.account.counters.points.map(\.amounts.count) == [1, 1, 1])
    #expect(shop.account.counters.points.first { $0.period == .lifetime }?.amounts.first?.amount == 20)
    shop.account.forget(before: time("2019-06-01"), under: [program(kept)])
    #expect(shop.account.counters.visits.isEmpty && shop.account.counters.thresholds.isEmpty)
    #expect(shop.account.counters.points.first { $0.period == .lifetime }?.amounts.first?.amount == 20)
  }
}
