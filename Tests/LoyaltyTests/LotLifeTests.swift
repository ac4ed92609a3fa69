import Loyalty
import TestValues
import Testing

/// What time does to points.
@Suite(.timeLimit(.minutes(10))) struct LotLifeTests {
  @Test func pointsAreReleasedAtTheInstantItself() {
    var shop = Shop(program(pendingDays: 14))
    shop.buy("P", at: "2017-01-02T12:00:00Z", "10.00")
    shop.settle("2017-01-16T11:59:59.999Z")
    #expect(shop.pending == 10 && shop.available == 0)
    shop.settle("2017-01-16T12:00:00Z")
    #expect(shop.pending == 0 && shop.available == 10)
    #expect(shop.entries.last?.occurredAt == time("2017-01-16T12:00:00Z"))
  }

  @Test func pointsAreGoneAtTheInstantTheyExpire() {
    var shop = Shop(program(pendingDays: 14, expiry: .months(6)))
    shop.buy("P", at: "2017-08-31", "10.00")
    shop.settle("2018-02-28T11:59:59.999Z")
    #expect(shop.available == 10)
    shop.settle("2018-02-28T12:00:00Z")
    #expect(shop.available == 0 && shop.account.totals.expired == 10)
    #expect(shop.records["pos:P"]?.expired == 10)
    #expect(shop.account.nextDue == nil && shop.lots.isEmpty)
  }

  @Test func pointsNeverExpireBeforeTheyAreReleased() {
    var shop = Shop(program(pendingDays: 40, expiry: .months(1)))
    shop.buy("P", at: "2017-01-02", "10.00")
    shop.settle("2017-02-10")
    #expect(shop.pending == 10)
    shop.settle("2017-02-11")
    #expect(shop.entries.suffix(2).map(\.type) == [.pointsReleased, .pointsExpired])
  }

  @Test func whatIsDueIsSettledInOrderOfTimeBeforeAPurchase() {
    var shop = Shop(program(pendingDays: 14, expiry: .months(1)))
    shop.buy("A", at: "2017-01-02", "10.00")
    shop.buy("B", at: "2017-01-20", "20.00")
    shop.buy("C", at: "2017-06-01", "30.00")
    #expect(
      shop.entries.map(\.type) == [
        .pointsEarned, .pointsReleased, .pointsEarned, .pointsExpired, .pointsReleased, .pointsExpired, .pointsEarned,
      ])
    #expect(shop.entries.map(\.sequence) == [1, 2, 3, 4, 5, 6, 7])
  }

  @Test func aPurchaseThatArrivesLateIsReleasedAndExpiredAtOnce() {
    var shop = Shop(program(pendingDays: 14, expiry: .months(6)))
    shop.settle("2018-01-01")
    shop.buy("P", at: "2017-01-02", "10.00")
    #expect(shop.entries.map(\.type) == [.pointsEarned, .pointsReleased, .pointsExpired])
    #expect(shop.records["pos:P"]?.expired == 10)
    #expect(shop.account.clock == time("2018-01-01"))
  }

  @Test func aSourceWithAColonCannotBeTakenForAnotherOne() {
    let id = Lot.id(source: "till:7%", purchaseId: "P:1")
    #expect(id == "till%3A7%25:P:1")
    let purchase = Lot.purchase(of: id)
    #expect(purchase?.source == "till:7%" && purchase?.purchaseId == "P:1")
    #expect(Lot.purchase(of: ":adjust:1") == nil, "a command's")
  }

  @Test func entriesOfOnePurchaseAreNumberedAsOneBooking() {
    let produce = spendRule("produce", "2", when: .category(.init(include: ["produce"])))
    var shop = Shop(program(spendRule("base", "1"), produce))
    shop.buy(purchase("P", lines: [line("A", "produce", "10.00"), line("B", nil, "5.50")]))
    #expect(
      shop.entries.map { "\($0.rule ?? "") \($0.points.value) \($0.bookingEntry)/\($0.bookingOf)" } == [
        "base 15 1/2", "produce 20 2/2",
      ])
    #expect(shop.entries.map(\.id) == [1, 2].map { "journey/event/pos/P/\(time("2017-01-02").milliseconds)/\($0)" })
    #expect(shop.entries.last?.balances == Balances(pending: 0, available: 35))
    #expect(shop.lots == ["pos:P 0+35"])
  }

  @Test func aPurchaseOfNothingEarnsNothingAndIsNoVisit() {
    let visit = EarningRule(id: "second", kind: .visits(every: 2, points: 50))
    var shop = Shop(program(spendRule("base", "1"), visit))
    shop.buy("A", at: "2017-01-02", "5.00")
    shop.buy("B", at: "2017-01-03", "0.00")
    shop.buy("C", at: "2017-01-04", "-3.00", "1.00")
    #expect(shop.available == 5)
    shop.buy("D", at: "2017-01-05", "5.00")
    #expect(shop.available == 60)
  }

  @Test func anOrderDiscountIsSpreadWithoutLosingACent() {
    let bought = purchase(
      "P", discount: "1.00",
      lines: [
        line("A", nil, "10.00"), line("B", nil, "10.00"), line("C", nil, "10.00"),
      ])
    #expect(bought.eligibleSpendOfLines() == [967, 967, 966])
  }

  @Test func tenderLinesEarnNothing() {
    var gift = line("GIFT", nil, "50.00")
    gift.tender = "gift-card"
    var shop = Shop(program())
    #expect(shop.buy(purchase("P", lines: [line("A", nil, "10.00"), gift])) == 10)
  }

  @Test func erasureForfeitsAllThatIsLeft() {
    var shop = Shop(program(pendingDays: 14))
    shop.buy("A", at: "2017-01-02", "10.00")
    shop.buy("B", at: "2017-01-20", "20.00")
    var journal = Journal()
    shop.account.forfeit(
      requestId: "E", occurredAt: time("2017-01-21"), programVersion: 1, bookedAt: time("2017-01-21"), into: &journal)
    #expect(
      journal.entries.map { "\($0.debit?.rawValue ?? "") \($0.points.value)" } == [
        "member:pending 20", "member:available 10",
      ])
    #expect(shop.account.balances == Balances() && shop.lots.isEmpty && shop.account.totals.isBalanced)
  }

  @Test func entriesTellUntilWhenALotIsPendingAndWhenItExpires() throws {
    var shop = Shop(program(pendingDays: 14))
    shop.buy("A", at: "2017-01-02", "10.00")
    let earned = try #require(shop.entries.last)
    #expect(
      earned.pendingUntil == shop.account.lots[0].pendingUntil && earned.expiresAt == shop.account.lots[0].expiresAt)
  }

  @Test func statementTellsTheNextReleaseAndExpiry() {
    var account = Account(memberId: "M-1", programId: "journey")
    let (soon, later) = (time("2017-02-01"), time("2017-03-01"))
    account.lots = [
      Lot(id: "pos:P-1", available: 12, earnedAt: soon, pendingUntil: soon, expiresAt: later),
      Lot(id: "pos:P-2", pending: 10, earnedAt: soon, pendingUntil: later, expiresAt: later),
      Lot(id: "pos:P-3", pending: 20, earnedAt: soon, pendingUntil: later),
    ]
    #expect(account.statement.releases == [Due(at: later, points: 30)])
    #expect(account.statement.expiries == [Due(at: later, points: 22)])
  }

  @Test func statementTellsTheFirstOfManyDatesInOrderAndAddsUpEqualOnes() {
    var account = Account(memberId: "M-1", programId: "journey")
    let days = (0..<14).map { Instant(milliseconds: time("2017-02-01").milliseconds + $0 * 86_400_000) }
    for (number, day) in (days.reversed() + days).enumerated() {
      account.lots.append(
        Lot(id: "pos:P-\(number)", pending: 2, earnedAt: .epoch, pendingUntil: day, expiresAt: day))
    }
    #expect(account.statement.releases == days.prefix(10).map { Due(at: $0, points: 4) })
    #expect(account.statement.expiries == days.prefix(5).map { Due(at: $0, points: 4) })
  }

  @Test func statementOfAMemberWhoOwesSaysHowMuch() {
    var shop = Shop(program(returns: ReturnPolicy(overdraw: .negative)))
    shop.buy("P", at: "2017-01-02", "10.00")
    shop.redeem(8, "R", at: "2017-01-03")
    shop.cancel("C", of: "P", at: "2017-01-04")
    let statement = shop.account.statement
    #expect(statement.owed == 8 && statement.lifetimeEarned == 0 && statement.totals.redeemed == 8)
  }

  @Test func statementFollowsTheStandingOfTheAccount() {
    var shop = Shop(program(pendingDays: 14, expiry: .never))
    shop.buy("P", at: "2017-01-02", "10.00")
    shop.freeze("F", at: "2017-01-03")
    #expect(shop.account.statement.status == .frozen && shop.account.statement.releases.isEmpty)
    shop.close("C", at: "2017-01-04")
    #expect(shop.account.statement.status == .closed && shop.account.statement.endsAt == time("2017-02-03"))
    #expect(shop.account.statement.expiries == [Due(at: time("2017-02-03"), points: 10)])
  }

  @Test func theNewestWordOnTheTierStands() {
    var account = Account(memberId: "M-1", programId: "journey")
    let standing = { (level: String, asOf: String) in
      TierStanding(
        level: level, since: nil, until: nil, measures: .spend, metric: .zero, next: nil, asOf: time(asOf))
    }
    let told = [("gold", "2017-02-01"), ("gold", "2017-02-01"), ("member", "2017-01-01")]
    let areNews = told.map { account.note(standing($0.0, $0.1)) }
    #expect(areNews == [true, false, false])
    #expect(account.statement.tier?.level == "gold")
  }
}
