import Loyalty
import TestValues
import Testing

/// What a return takes: an amount that is given decides, a quantity alone returns its share. A point a dollar, unless
/// told otherwise; `left` is what stays.
@Suite(.timeLimit(.minutes(10))) struct ReturnAmountTests {
  // MARK: Lines

  @Test func anAmountDecidesAndNotTheQuantity() {
    #expect(left(of: [line("A", nil, "50.00")], back("A", amount: "10.00")) == 40)
    #expect(left(of: [line("A", nil, "50.00")], back("A", "1", amount: "10.00")) == 40)
  }

  @Test func unitsComeBackEachForItsAmount() {
    let earning = program(spendRule("base", "10"))
    let bought = [line("A", nil, "73.50", quantity: "3")]
    #expect(left(of: bought, back("A", "1", amount: "10.00"), back("A", "1", amount: "10.00"), in: earning) == 535)
  }

  @Test func theFreeOneOfTwoComesBackForNothing() {
    let bought = [line("A", nil, "10.00"), line("A", nil, "10.00", discount: "10.00")]
    #expect(left(of: bought, back("A", "1", amount: "0.00")) == 10)
  }

  @Test func theFreeOneMayStandFirst() {
    let bought = [line("A", nil, "10.00", discount: "10.00"), line("A", nil, "10.00")]
    #expect(left(of: bought, back("A", "1", amount: "10.00")) == 0)
  }

  @Test func ofTwoLinesOfOneSkuTheOneWithThatPriceComesBack() {
    let bought = [line("A", nil, "10.00"), line("A", nil, "4.00")]
    #expect(left(of: bought, back("A", "1", amount: "4.00")) == 10)
    // The one of 10.00 is what is left to come back by its quantity.
    #expect(left(of: bought, back("A", "1", amount: "4.00"), back("A", "1")) == 0)
    #expect(left(of: bought, back("A", "1", amount: "10.00"), back("A", "1")) == 0)
  }

  @Test func aLineThatWasNotBoughtRefusesTheWholeReturnAndIsNamed() {
    var shop = Shop(program())
    shop.buy(purchase("P", lines: [line("A1", nil, "10.00"), line("B1", nil, "20.00")]))
    shop.bringBack("R", of: "P", Return(purchaseId: "P", lines: [back("A1", "1"), back("b1", "1")]))
    #expect(shop.available == 30 && shop.entries.last?.type == .returnRefused)
    #expect(shop.entries.last?.reason == "line-not-found" && shop.entries.last?.path == "$.lines[1]")
    // Mended under an id of its own it is taken.
    shop.bringBack("R2", of: "P", Return(purchaseId: "P", lines: [back("A1", "1"), back("B1", "1")]))
    #expect(shop.available == 0)
  }

  @Test func quantityAloneReturnsItsShareOfTheLastBought() {
    let bought = [line("A", nil, "10.00"), line("A", nil, "4.00")]
    #expect(left(of: bought, back("A", "1")) == 10)
    #expect(left(of: bought, back("A", "2")) == 0)
    #expect(left(of: [line("A", nil, "10.00", quantity: "3")], back("A", "1")) == 7)
    #expect(left(of: [line("A", nil, "10.00", quantity: "3")], back("A", "1"), back("A", "1"), back("A", "1")) == 0)
  }

  @Test func aPriceThatWasLoweredLaterTakesNothingFromTheUnitsThatComeBackAfterIt() {
    #expect(left(of: [line("A", nil, "50.00")], back("A", amount: "10.00"), back("A", "1")) == 0)
    let three = [line("A", nil, "75.00", quantity: "3")]
    #expect(left(of: three, back("A", "1", amount: "10.00"), back("A", "1")) == 40)
    #expect(left(of: three, back("A", "1", amount: "10.00"), back("A", "2")) == 15)
  }

  @Test func noMoreComesBackOfALineThanItWasWorth() {
    let bought = [line("A", nil, "50.00"), line("B", nil, "50.00")]
    #expect(left(of: bought, back("A", "1", amount: "60.00")) == 50)
    #expect(left(of: bought, back("A", "1", amount: "50.00"), back("A", "1", amount: "50.00")) == 50)
    #expect(left(of: bought, back("A", "7")) == 50)
  }

  @Test func anAmountThatNoLineIsWorthIsOfSeveral() {
    let bought = [line("A", nil, "10.00"), line("A", nil, "4.00"), line("B", nil, "1.00")]
    #expect(left(of: bought, back("A", "2", amount: "13.00")) == 2)
    #expect(left(of: bought, back("A", "2", amount: "15.00")) == 1)
  }

  @Test func aLineIdNamesTheLineExactly() {
    var bought = [line("A", nil, "10.00"), line("A", nil, "4.00"), line("B", nil, "1.00")]
    for index in bought.indices { bought[index].lineId = "L\(index)" }
    #expect(left(of: bought, back("A", "1", lineId: "L0")) == 5)
    #expect(left(of: bought, back("A", "1", lineId: "L1")) == 11)
    #expect(left(of: bought, back("A", "1", amount: "7.00", lineId: "L1")) == 11)
    #expect(left(of: bought, back("A", "1")) == 11)
    #expect(refusal(of: bought, back("A", "1", lineId: "L2")) == "line-not-found")
    #expect(refusal(of: bought, back("A", "1", lineId: "L9")) == "line-not-found")
    // A purchase that named no lines is known by its skus alone.
    #expect(left(of: [line("A", nil, "10.00")], back("A", "1", lineId: "L0")) == 0)
  }

  // MARK: Refunds

  @Test func shippingThatIsToldComesOffTheRefund() {
    let bought = purchase("P", lines: [line("A", nil, "100.00")], shipping: "10.00")
    #expect(left(of: bought, Return(purchaseId: "P", refund: 1_000, shipping: 1_000)) == 100)
    #expect(left(of: bought, Return(purchaseId: "P", refund: 6_000, shipping: 1_000)) == 50)
  }

  @Test func aRefundThatDoesNotTellItsTaxIsEligibleInProportion() {
    let bought = purchase("P", lines: [line("A", nil, "50.00"), line("B", nil, "50.00")], tax: "20.00")
    #expect(left(of: bought, Return(purchaseId: "P", refund: 6_000)) == 50)
    #expect(left(of: bought, Return(purchaseId: "P", refund: 6_000, tax: 1_000)) == 50)
    #expect(left(of: bought, Return(purchaseId: "P", refund: 5_000, tax: 0)) == 50)
    #expect(left(of: bought, Return(purchaseId: "P", refund: 12_000)) == 0)
  }

  @Test func ofTaxAndShippingOneMayBeTold() {
    let bought = purchase("P", lines: [line("A", nil, "100.00")], shipping: "10.00", tax: "20.00")
    #expect(left(of: bought, Return(purchaseId: "P", refund: 6_500)) == 50)
    #expect(left(of: bought, Return(purchaseId: "P", refund: 6_500, shipping: 500)) == 50)
    #expect(left(of: bought, Return(purchaseId: "P", refund: 6_500, tax: 1_000)) == 50)
    #expect(left(of: bought, Return(purchaseId: "P", refund: 6_500, shipping: 500, tax: 1_000)) == 50)
  }

  @Test func taxMayStandOnTheLinesAlone() {
    var line = line("A", nil, "100.00")
    line.tax = 2_000
    var bought = purchase("P", lines: [line])
    bought.total = 12_000
    #expect(left(of: bought, Return(purchaseId: "P", refund: 6_000)) == 50)
  }

  @Test func refundsThatDoNotTellTheirTaxTakeAllInAnyNumberOfParts() {
    let bought = purchase("P", lines: [line("A", nil, "83.33")], tax: "16.67")
    let parts = [Int64](repeating: 333, count: 30) + [10]
    #expect(parts.reduce(0, +) == 10_000)
    #expect(left(of: bought, parts.map { Return(purchaseId: "P", refund: $0) }) == 0)
  }

  @Test func whatWasPaidWithPointsIsNoMoneyThatComesBack() {
    var bought = purchase("P", lines: [line("A", nil, "100.00")], tax: "20.00")
    bought.payments = [Payment(tender: "points", amount: 3_000), Payment(tender: "card", amount: 9_000)]
    #expect(left(of: bought, Return(purchaseId: "P", refund: 4_500)) == 35)
    #expect(left(of: bought, Return(purchaseId: "P", refund: 9_000)) == 0)
  }

  @Test func linesWithAmountsSayMoreThanTheRefund() {
    let bought = purchase("P", lines: [line("A", nil, "90.00"), line("B", nil, "10.00")], tax: "20.00")
    let returned = Return(purchaseId: "P", lines: [back("B", "1", amount: "10.00")], refund: 1_200, tax: 200)
    #expect(left(of: bought, returned, Return(purchaseId: "P", lines: [back("B", "1", amount: "10.00")])) == 90)
    #expect(left(of: bought, Return(purchaseId: "P", lines: [back("B", "1")], refund: 1_200)) == 90)
  }

  // MARK: Lines that sold nothing

  @Test func aLineOfQuantityNothingEarnsNothing() {
    #expect(left(of: [line("A", nil, "7.00"), line("B", nil, "5.00", quantity: "0")]) == 7)
    // A coupon stands as a line of no quantity and no amount.
    #expect(left(of: [line("A", nil, "7.00"), line("B", nil, "0.00", quantity: "0", discount: "2.00")]) == 5)
    #expect(left(of: [line("A", nil, "7.00"), line("B", nil, "5.00", quantity: "0", discount: "2.00")]) == 7)
  }

  // MARK: Helpers

  private func back(_ sku: String, _ quantity: String = "1", amount: String? = nil, lineId: String? = nil)
    -> ReturnedLine
  {
    ReturnedLine(sku: sku, lineId: lineId, quantity: decimal(quantity), amount: amount.map { cents($0) })
  }

  /// One return a line, one after the other.
  private func left(of lines: [PurchaseLine], _ returned: ReturnedLine..., in program: Program = program()) -> Int64 {
    left(of: purchase("P", lines: lines), returned.map { Return(purchaseId: "P", lines: [$0]) }, in: program)
  }

  private func left(of bought: Transaction, _ returned: Return...) -> Int64 { left(of: bought, returned) }

  private func left(of bought: Transaction, _ returned: [Return], in program: Program = program()) -> Int64 {
    var shop = Shop(program)
    shop.buy(bought)
    for (number, each) in returned.enumerated() { shop.bringBack("R\(number)", of: "P", each) }
    #expect(shop.entries.allSatisfy { $0.type != .returnRefused })
    return shop.available
  }

  private func refusal(of lines: [PurchaseLine], _ returned: ReturnedLine) -> String? {
    var shop = Shop(program())
    shop.buy(purchase("P", lines: lines))
    shop.bringBack("R", of: "P", Return(purchaseId: "P", lines: [returned]))
    return shop.entries.last?.reason
  }
}
