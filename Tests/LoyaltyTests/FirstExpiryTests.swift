import Loyalty
import TestValues
import Testing

/// Points that run out by the first of two rules, one of which activity postpones.
@Suite(.timeLimit(.minutes(10))) struct FirstExpiryTests {
  /// Three months after earning, or one month without activity.
  private func shop(member: String = "M-1") -> Shop {
    Shop(
      program(expiry: .first([.months(3), .inactivity(.months(1))]), transfer: TransferPolicy(minimumPoints: 1)),
      member: member)
  }

  @Test func idlenessEndsThemFirst() {
    var shop = shop()
    shop.buy("A", at: "2017-01-31", "10.00")
    #expect(shop.account.lots[0].latestExpiry == time("2017-04-30"))
    shop.settle("2017-02-28T11:59:59.999Z")
    #expect(shop.available == 10)
    shop.settle("2017-02-28")
    #expect(shop.available == 0)
  }

  @Test func activityKeepsThemButNotLongerThanTheOtherRule() {
    var shop = shop()
    shop.buy("A", at: "2017-01-10", "10.00")
    for day in ["02-09", "03-08", "04-07"] { shop.buy(day, at: "2017-" + day, "1.00") }
    #expect(shop.available == 13)
    #expect(shop.account.terms.expiry(of: shop.account.lots[0]) == time("2017-04-10"))
    #expect(shop.account.statement.expiries.map(\.at) == [time("2017-04-10"), time("2017-05-07")])
    shop.settle("2017-04-10")
    #expect(shop.available == 3 && shop.account.totals.expired == 10)
    shop.settle("2017-05-07")
    #expect(shop.available == 0)
  }

  @Test func debitsTakeWhatEndsFirstByEitherRule() {
    var shop = shop()
    shop.buy("old", at: "2017-01-10", "10.00")
    shop.buy("mid", at: "2017-02-09", "10.00")
    shop.buy("new", at: "2017-03-08", "10.00")
    // The old one ends on 10 April, the others with the month after the last activity, unless one follows.
    shop.redeem(1, "R", at: "2017-03-20")
    #expect(shop.lots == ["pos:old 0+9", "pos:mid 0+10", "pos:new 0+10"])
    #expect(
      shop.account.lots.map { shop.account.terms.expiry(of: $0) } == [
        time("2017-04-10"), time("2017-04-20"), time("2017-04-20"),
      ])
  }

  @Test func aRedemptionThatIsCancelledComesBackUnderBothRules() {
    var shop = shop()
    shop.buy("A", at: "2017-01-10", "10.00")
    shop.redeem(10, "R", at: "2017-01-20")
    shop.rollBack("R", "C", at: "2017-01-21")
    shop.buy("B", at: "2017-02-15", "1.00")
    shop.buy("C", at: "2017-03-14", "1.00")
    #expect(shop.account.terms.expiry(of: shop.account.lots[0]) == time("2017-04-10"))
  }

  @Test func whatComesBackAfterItsLastDayLivesTheGraceAlone() {
    var shop = shop()
    shop.buy("A", at: "2017-01-10", "10.00")
    shop.redeem(10, "R", at: "2017-01-20")
    for day in ["02-12", "03-11", "04-10"] { shop.buy(day, at: "2017-" + day, "1.00") }
    shop.rollBack("R", "C", at: "2017-04-20")
    #expect(shop.account.lots.first { $0.id.hasPrefix(":grace:") }?.latestExpiry == nil)
    #expect(shop.available == 13)
  }

  @Test func givenPointsKeepTheirLastDay() throws {
    var (giver, taker) = (shop(), shop(member: "M-2"))
    giver.buy("A", at: "2017-01-10", "10.00")
    let sent = giver.send(10, to: "M-2", "T", at: "2017-01-20")
    let transfer = try #require(sent)
    #expect(transfer.parts.map(\.latestExpiry) == [time("2017-04-10")])
    let refusal = taker.receive(transfer)
    #expect(refusal == nil)
    for day in ["02-09", "03-08", "04-07"] { taker.buy(day, at: "2017-" + day, "1.00") }
    #expect(taker.account.lots.first { $0.earnedAt == time("2017-01-10") }?.latestExpiry == time("2017-04-10"))
    taker.settle("2017-04-10")
    #expect(taker.account.totals.expired == 10 && taker.available == 3)
  }

  @Test func entriesTellTheLastDay() {
    var shop = shop()
    shop.buy("A", at: "2017-01-10", "10.00")
    #expect(shop.entries.map(\.latestExpiry) == [time("2017-04-10")])
    #expect(shop.entries.map(\.expiresAt) == [time("2017-02-10")])
    shop.adjust(by: 5, "J", at: "2017-01-20")
    #expect(shop.entries.last?.latestExpiry == time("2017-04-20"))
    var plain = Shop(program(expiry: .inactivity(days: 90)))
    plain.buy("A", at: "2017-01-10", "10.00")
    #expect(plain.entries.map(\.latestExpiry) == [nil])
  }

  @Test func lotsOfAVersionWithoutALastDayAreKeptAsBefore() {
    var shop = Shop(program(expiry: .months(2)))
    shop.buy("A", at: "2017-01-10", "10.00")
    shop.program.expiry = .first([.months(3), .inactivity(.months(1))])
    shop.buy("B", at: "2017-01-12", "10.00")
    #expect(shop.account.lots.map { shop.account.terms.expiry(of: $0) } == [time("2017-02-12"), time("2017-03-10")])
    shop.program.expiry = .months(1)
    shop.buy("C", at: "2017-01-13", "10.00")
    #expect(shop.account.lots.map(\.latestExpiry) == [time("2017-04-12"), nil, nil])
  }

  @Test func whereNoRuleIsByInactivityTheEarlierOfTheDatesHolds() {
    let program = program(expiry: .first([.months(12), .date(month: 3, day: 31, years: 0)]))
    #expect(program.expiresAt(earnedAt: time("2017-03-01")) == time("2017-04-01T00:00:00Z"))
    #expect(program.expiresAt(earnedAt: time("2017-04-01")) == time("2018-04-01T00:00:00Z"))
    #expect(program.expiresAt(earnedAt: time("2017-05-01")) == time("2018-04-01T00:00:00Z"))
    #expect(program.latestExpiry(earnedAt: time("2017-05-01")) == nil)
  }
}
