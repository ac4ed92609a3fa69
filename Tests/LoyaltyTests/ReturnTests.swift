import Loyalty
import TestValues
import Testing

@Suite(.timeLimit(.minutes(10))) struct ReturnTests {
  @Test func refundsInPartsTakeExactlyWhatWasGranted() {
    var shop = Shop(program(spendRule("base", "1", per: "3.00")))
    shop.buy("P", at: "2017-01-02", "10.00")
    #expect(shop.available == 3)
    for part in 1...3 { shop.bringBack("R\(part)", of: "P", at: "2017-01-03", refund: "3.33") }
    #expect(shop.available == 1)
    shop.bringBack("R4", of: "P", at: "2017-01-03", refund: "0.01")
    #expect(shop.available == 0)
    shop.bringBack("R5", of: "P", at: "2017-01-03", refund: "10.00")
    #expect(shop.account.totals.reversed == 3)
  }

  @Test func returnedLinesCountTheirShareOfTheOrderDiscount() {
    var shop = Shop(program())
    shop.buy(
      purchase("P", discount: "10.00", lines: [line("A", nil, "60.00", quantity: "3"), line("B", nil, "40.00")]))
    #expect(shop.available == 90)
    shop.bringBack("R1", of: "P", at: "2017-01-03", lines: [ReturnedLine(sku: "A", quantity: decimal("1"))])
    #expect(shop.available == 72)
    shop.bringBack(
      "R2", of: "P", at: "2017-01-03",
      lines: [
        ReturnedLine(sku: "A", quantity: decimal("5")), ReturnedLine(sku: "B", quantity: decimal("1")),
      ])
    #expect(shop.available == 0)
  }

  /// Found by the independent model in a long woven history: a later refund lost what the line had been below nothing.
  @Test func aReturnedLineWhoseDiscountWasAboveItsPriceTakesNoOtherRefundAway() {
    var shop = Shop(program())
    shop.buy(purchase("P", lines: [line("A", nil, "100.00"), line("B", nil, "10.00", discount: "50.00")]))
    #expect(shop.available == 60)
    shop.bringBack("R1", of: "P", at: "2017-01-03", lines: [ReturnedLine(sku: "B", quantity: decimal("1"))])
    #expect(shop.available == 60)
    shop.bringBack("R2", of: "P", at: "2017-01-03", refund: "30.00")
    #expect(shop.available == 30)
    shop.bringBack("R3", of: "P", at: "2017-01-03", lines: [ReturnedLine(sku: "A", quantity: decimal("1"))])
    #expect(shop.available == 0 && shop.account.totals.reversed == 60)
  }

  @Test func whatIsPendingInTheOwnLotIsTakenFirstThenOtherLots() {
    var shop = Shop(program(pendingDays: 14, returns: ReturnPolicy(overdraw: .clamp)))
    shop.buy("old", at: "2017-01-02", "100.00")
    shop.buy("new", at: "2017-01-20", "100.00")
    shop.bringBack("R", of: "new", at: "2017-01-21", refund: "40.00")
    #expect(shop.lots == ["pos:old 0+100", "pos:new 60+0"])
    shop.redeem(100, "spend", at: "2017-01-22")
    shop.cancel("C", of: "old", at: "2017-01-23")
    #expect(shop.pending == 0 && shop.available == 0)
    #expect(shop.entries.last?.shortfall == 40 && shop.account.shortfall == 40)
  }

  @Test func aReturnBeyondTheBalanceIsRecordedEvenWhenNothingIsLeft() {
    var shop = Shop(program())
    shop.buy("P", at: "2017-01-02", "50.00")
    shop.redeem(50, "spend", at: "2017-01-03")
    shop.cancel("C", of: "P", at: "2017-01-04")
    #expect(shop.entries.last?.points == 0 && shop.entries.last?.shortfall == 50)
  }

  @Test func aDebtIsRepaidByTheNextPointsThatBecomeAvailable() {
    var shop = Shop(program(pendingDays: 14, returns: ReturnPolicy(overdraw: .negative)))
    shop.buy("A", at: "2017-01-02", "150.00")
    shop.redeem(100, "spend", at: "2017-01-20")
    shop.cancel("C", of: "A", at: "2017-01-21")
    #expect(shop.available == -100)
    shop.buy("B", at: "2017-01-22", "130.00")
    #expect(shop.available == -100 && shop.pending == 130)
    shop.settle("2017-02-05")
    #expect(shop.available == 30 && shop.lots == ["pos:B 0+30"])
  }

  @Test func pointsThatExpiredAreNotTakenASecondTimeFromOtherLots() {
    var shop = Shop(program(expiry: .months(6)))
    shop.buy("old", at: "2017-01-02", "100.00")
    shop.buy("new", at: "2017-06-02", "100.00")
    shop.cancel("C", of: "old", at: "2017-07-10")
    #expect(shop.available == 100)
    #expect(shop.account.totals.expired == 0 && shop.account.totals.reversed == 100)
  }

  @Test func whatExpiredOfAPurchaseIsTakenOnceHoweverManyReturnsThereAre() {
    var shop = Shop(program(expiry: .months(6), returns: ReturnPolicy(overdraw: .negative)))
    shop.buy("P", at: "2017-01-02", "100.00")
    shop.redeem(60, "spend", at: "2017-01-03")
    shop.settle("2017-08-01")
    #expect(shop.account.totals.expired == 40)
    shop.bringBack("R1", of: "P", at: "2017-08-02", refund: "50.00")
    shop.bringBack("R2", of: "P", at: "2017-08-03", refund: "50.00")
    #expect(shop.account.totals.expired == 0 && shop.account.totals.reversed == 100 && shop.available == -60)
  }

  @Test func aReturnThatCameFirstWaitsForItsPurchase() {
    var shop = Shop(program())
    shop.bringBack("R", of: "P", at: "2017-01-05", refund: "4.00")
    shop.bringBack("R", of: "P", at: "2017-01-05", refund: "4.00")
    #expect(shop.entries.isEmpty && shop.account.waitingReturns.count == 1)
    shop.buy("P", at: "2017-01-02", "10.00")
    #expect(shop.available == 6)
    #expect(shop.account.waitingReturns.isEmpty && shop.account.nextDue == nil)
  }

  @Test func aReturnWhosePurchaseNeverComesIsRefused() {
    var shop = Shop(program(returns: ReturnPolicy(waitDays: 30)))
    shop.bringBack("R", of: "P", at: "2017-01-05", refund: "4.00")
    shop.settle("2017-02-04T11:59:59Z")
    #expect(shop.entries.isEmpty)
    shop.settle("2017-02-04")
    #expect(shop.entries.map(\.type) == [.returnRefused])
    #expect(shop.entries.first?.reason == "purchase-not-found" && shop.entries.first?.cause == "R")
  }

  @Test func aReturnOfWhatWasNotBoughtIsRefused() {
    var shop = Shop(program())
    shop.buy("P", at: "2017-01-02", "10.00")
    shop.bringBack("R", of: "P", at: "2017-01-03", lines: [ReturnedLine(sku: "Z", quantity: .one)])
    #expect(shop.available == 10 && shop.entries.last?.reason == "line-not-found")
  }

  @Test func aReturnInAnotherCurrencyIsRefused() {
    var shop = Shop(program())
    shop.buy("P", at: "2017-01-02", "10.00")
    shop.bringBack("R", of: "P", at: "2017-01-03", refund: "4.00", in: currency("EUR"))
    #expect(shop.available == 10 && shop.entries.last?.reason == "currency-mismatch")
  }

  @Test func aVisitBonusStaysWithAPartialReturnAndGoesWithAWholeOne() {
    let visit = EarningRule(id: "second", kind: .visits(every: 2, points: 50))
    var shop = Shop(program(spendRule("base", "1"), visit))
    shop.buy("A", at: "2017-01-02", "10.00")
    shop.buy("B", at: "2017-01-03", "10.00")
    shop.bringBack("R1", of: "B", at: "2017-01-04", refund: "5.00")
    #expect(shop.available == 65)
    shop.bringBack("R2", of: "B", at: "2017-01-04", refund: "5.00")
    #expect(shop.available == 10)
    shop.buy("C", at: "2017-01-05", "10.00")
    #expect(shop.available == 70)
  }

  @Test func returningTheVisitsOfAnAwardDoesNotEarnASecondOne() {
    let visit = EarningRule(id: "second", kind: .visits(every: 2, points: 50))
    var shop = Shop(program(visit))
    shop.buy("A", at: "2017-01-02", "10.00")
    shop.buy("B", at: "2017-01-03", "10.00")
    shop.cancel("C1", of: "A", at: "2017-01-04")
    shop.buy("C", at: "2017-01-05", "10.00")
    shop.buy("D", at: "2017-01-05", "10.00")
    #expect(shop.available == 50)
    shop.buy("E", at: "2017-01-06", "10.00")
    #expect(shop.available == 100)
  }
}
