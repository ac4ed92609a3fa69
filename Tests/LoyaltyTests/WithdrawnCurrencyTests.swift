import Loyalty
import TestValues
import Testing

@Suite(.timeLimit(.minutes(10))) struct WithdrawnCurrencyTests {
  @Test func everyRowOfTheTableIsOne() {
    #expect(WithdrawnCurrency.all.count == 14)
    #expect(WithdrawnCurrency.find(currency("BGN"))?.successor == currency("EUR"))
    #expect(WithdrawnCurrency.find(currency("EUR")) == nil)
  }

  @Test func aWithdrawnCurrencyIsMoneyUntilItsLastDayIsOverEverywhere() throws {
    let kuna = try #require(WithdrawnCurrency.find(currency("HRK")))
    #expect(kuna.isMoney(at: time("2022-06-01")))
    #expect(kuna.isMoney(at: time("2023-01-14T23:59:59-11:00")))
    #expect(!kuna.isMoney(at: time("2023-01-16T00:00:00Z")))
  }

  @Test func newAndOldCurrenciesAreKnown() {
    #expect(currency("VED").exponent == 2 && currency("HRK").exponent == 2 && currency("BYR").exponent == 0)
  }

  /// 1 EUR is 1.95583 BGN: 51.13 EUR are 100 BGN.
  @Test func aReturnInTheSuccessorIsTakenByTheFixedRate() {
    var shop = lewaShop("100.00")
    shop.bringBack("R", of: "P", at: "2026-02-10", refund: "25.56", in: currency("EUR"))
    #expect(shop.available == 51)
    shop.bringBack("R2", of: "P", at: "2026-02-10", refund: "25.57", in: currency("EUR"))
    #expect(shop.available == 0)
  }

  /// 98.05 BGN are 50.13 EUR (50.1322), and 50.13 EUR are 98.05 (98.0458): so nothing is left of any amount.
  @Test(arguments: ["98.05", "1.00", "0.99", "0.03", "100.49", "19.99", "1234.56"])
  func whatIsAllInTheSuccessorTakesAll(price: String) throws {
    var shop = lewaShop(price)
    let rate = try #require(FixedRate(from: currency("EUR"), to: currency("BGN")))
    let euros = (cents(price) * 100_000 + 97_791) / 195_583
    #expect(abs(rate.converted(euros) - cents(price)) <= rate.tolerance)
    shop.bringBack("R", of: "P", lines(amount: euros), in: currency("EUR"))
    #expect(shop.available == 0 && shop.records.values.allSatisfy { $0.spend.isRefundedWhole })
  }

  @Test func onlyTheSuccessorIsTaken() {
    var shop = lewaShop("100.00")
    shop.bringBack("R", of: "P", at: "2026-02-10", refund: "10.00", in: usd)
    #expect(shop.available == 100 && shop.entries.last?.reason == "currency-mismatch")
  }

  @Test func aReturnInTheSuccessorConcernsAProgrammeOfTheOldCurrency() {
    var programme = program()
    programme.currencies = [currency("BGN")]
    var event = Transaction(
      id: "R", source: "pos", kind: .returned(Return(purchaseId: "P", refund: 1)), memberId: "M-1",
      occurredAt: time("2026-02-10"), currency: currency("EUR"))
    #expect(programme.takesCurrency(of: event))
    event.kind = .purchase
    #expect(!programme.takesCurrency(of: event))
  }

  private func lines(amount: Int64) -> Return {
    Return(purchaseId: "P", lines: [ReturnedLine(sku: "A", quantity: .one, amount: amount)])
  }

  private func lewaShop(_ price: String) -> Shop {
    var programme = program()
    programme.currencies = [currency("BGN")]
    var shop = Shop(programme)
    var bought = purchase("P", at: "2025-12-10", lines: [line("A", nil, price)])
    bought.currency = currency("BGN")
    shop.buy(bought)
    return shop
  }
}
