import Contracts
import Loyalty
import Testing

/// What a return tells of amounts, and what a purchase tells so that it can be returned.
@Suite(.timeLimit(.minutes(10))) struct ReturnAmountDecoderTests {
  private func returned(_ fields: String, currency: String = "\"currency\":\"USD\",") -> String {
    """
    {"type":"purchase.returned","id":"R-1","occurredAt":"2026-11-23T10:00:00Z","source":"pos","member":{"id":"M-1"},\
    \(currency)"purchaseId":"P-1",\(fields)}
    """
  }

  private func bought(
    _ lines: String, _ more: String = "", at: String = "2026-11-23T10:00:00Z", in code: String = "USD"
  )
    -> String
  {
    """
    {"type":"purchase.completed","id":"P-1","occurredAt":"\(at)","source":"pos","member":{"id":"M-1"},\
    "currency":"\(code)","lines":[\(lines)]\(more)}
    """
  }

  @Test func shippingAndTaxOfARefundAreRead() throws {
    let event = try Sample.decode(returned("\"refund\":\"12.00\",\"shipping\":\"0\",\"tax\":\"2.00\",\"total\":12"))
    #expect(event.kind == .returned(Return(purchaseId: "P-1", refund: 1_200, shipping: 0, tax: 200)))
    #expect(try Sample.decode(Sample.encoded { event.encode(to: &$0) }, .accepted) == event)
  }

  @Test func aLineThatIsToldAsItWasSoldComesBackLessItsDiscount() throws {
    let event = try Sample.decode(
      returned(
        """
        "lines":[{"sku":"A","lineId":"L1","amount":"10.00","discount":"2.50","tax":"0.75"},\
        {"sku":"B","amount":"1.00","discount":"3.00","tax":"0"}]
        """))
    #expect(
      event.kind
        == .returned(
          Return(
            purchaseId: "P-1",
            lines: [
              ReturnedLine(sku: "A", lineId: "L1", quantity: .one, amount: 750),
              ReturnedLine(sku: "B", quantity: .one, amount: 0),
            ], tax: 75)))
    #expect(try Sample.decode(Sample.encoded { event.encode(to: &$0) }, .accepted) == event)
  }

  @Test(arguments: [
    ("\"lines\":[{\"sku\":\"A\",\"amount\":\"10.00\"}],\"total\":\"12.00\"", "$.total"),
    ("\"lines\":[{\"sku\":\"A\",\"amount\":\"10.00\"}],\"shipping\":\"1.00\",\"total\":\"12.00\"", "$.total"),
    ("\"lines\":[{\"sku\":\"A\",\"amount\":\"10.00\"}],\"refund\":\"9.00\"", "$.refund"),
    ("\"refund\":\"10.00\",\"total\":\"11.00\"", "$.total"),
    ("\"refund\":\"10.00\",\"shipping\":\"6.00\",\"tax\":\"5.00\"", "$.refund"),
    ("\"lines\":[{\"sku\":\"A\"},{\"sku\":\"B\",\"amount\":\"10.00\"}],\"total\":\"9.00\"", "$.total"),
    ("\"lines\":[{\"sku\":\"A\",\"amount\":\"10.00\",\"tax\":\"2.00\"}],\"tax\":\"1.00\"", "$.tax"),
  ])
  func aWholeThatItsPartsDoNotSumToIsRefused(fields: String, path: String) {
    let violation = Sample.violation(returned(fields))
    #expect(violation?.code == .totalMismatch && violation?.path == path)
  }

  @Test(arguments: [
    "\"lines\":[{\"sku\":\"A\",\"amount\":\"10.00\"}],\"shipping\":\"1.00\",\"tax\":\"2.00\",\"total\":\"13.00\"",
    "\"lines\":[{\"sku\":\"A\",\"amount\":\"10.00\",\"tax\":\"2.00\"}],\"refund\":\"12.00\",\"total\":\"12.00\"",
    "\"lines\":[{\"sku\":\"A\",\"quantity\":1}],\"total\":\"12.00\"",
    "\"lines\":[{\"sku\":\"A\",\"quantity\":1}],\"refund\":\"12.00\",\"tax\":\"2.00\"",
    "\"lines\":[{\"sku\":\"A\",\"amount\":\"1.00\"},{\"sku\":\"V\",\"amount\":\"5.00\",\"void\":true}],\"total\":\"1.00\"",
  ])
  func aWholeThatAgreesIsTaken(fields: String) {
    #expect(Sample.violation(returned(fields)) == nil)
  }

  @Test func partsOfAReturnAreNotNegativeAndHaveACurrency() {
    #expect(Sample.violation(returned("\"refund\":\"1\",\"tax\":\"-1\""))?.code == .negativeAmount)
    #expect(Sample.violation(returned("\"lines\":[{\"sku\":\"A\"}],\"tax\":\"1\"", currency: ""))?.path == "$.currency")
  }

  // MARK: Lines of a purchase

  @Test func linesMayHaveIdsOfTheirOwn() throws {
    let purchase = try Sample.decode(
      bought("{\"sku\":\"A\",\"lineId\":\"1\",\"amount\":\"1\"},{\"sku\":\"A\",\"amount\":\"1\"}"))
    #expect(purchase.lines.map(\.lineId) == ["1", nil])
    #expect(try Sample.decode(Sample.encoded { purchase.encode(to: &$0) }, .accepted) == purchase)
    let twice = bought(
      "{\"sku\":\"A\",\"lineId\":\"1\",\"amount\":\"1\"},{\"sku\":\"B\",\"lineId\":\"1\",\"amount\":\"1\"}")
    #expect(Sample.violation(twice)?.path == "$.lines[1]")
  }

  @Test func aVoidedLineIsAsIfItWereNotThere() throws {
    let void = "{\"sku\":\"V\",\"quantity\":0,\"amount\":\"5.00\",\"void\":true}"
    let purchase = try Sample.decode(bought("{\"sku\":\"A\",\"amount\":\"1.00\",\"void\":false},\(void)"))
    #expect(purchase.lines.map(\.sku) == ["A"] && purchase.total == 100)
    #expect(Sample.violation(bought(void))?.code == .noLines)
  }

  @Test func aTotalThatIsNotToldHoldsNoLineThatSoldNothingAndTheTaxOfTheLines() throws {
    let lines =
      "{\"sku\":\"A\",\"amount\":\"10.00\",\"tax\":\"2.00\"},{\"sku\":\"B\",\"quantity\":0,\"amount\":\"5.00\"}"
    #expect(try Sample.decode(bought(lines)).total == 1_200)
    #expect(try Sample.decode(bought(lines, ",\"tax\":\"1.00\"")).total == 1_100)
  }

  // MARK: Currencies

  @Test func aWithdrawnCurrencyIsTakenForPurchasesOfItsTime() throws {
    let line = "{\"sku\":\"A\",\"amount\":\"10.00\"}"
    #expect(try Sample.decode(bought(line, at: "2022-05-01T10:00:00+02:00", in: "HRK")).currency.code == "HRK")
    #expect(try Sample.decode(bought(line, at: "2026-05-01T10:00:00-04:00", in: "VED")).currency.code == "VED")
    let late = Sample.violation(bought(line, at: "2024-05-01T10:00:00+02:00", in: "HRK"))
    #expect(late?.code == .unknownCurrency && late?.path == "$.currency")
    #expect(late?.message == "$.currency was money until 2023-01-14; send the amounts in EUR.")
    // A return may still tell what the purchase was paid in.
    #expect(Sample.violation(returned("\"refund\":\"1.00\"", currency: "\"currency\":\"HRK\",")) == nil)
  }

  // MARK: Exchanges

  private func exchanged(_ fields: String, id: String = "X-1") -> String {
    """
    {"type":"purchase.exchanged","id":"\(id)","occurredAt":"2026-11-23T10:00:00Z","source":"pos","member":{"id":"M-1"},\
    "currency":"USD"\(fields)}
    """
  }

  private let parts = """
    ,"purchaseId":"P-1","returned":[{"sku":"A","quantity":1,"amount":"10.00"}],\
    "lines":[{"sku":"B","amount":"12.00"}],"tax":"1.00"
    """

  @Test func anExchangeIsAReturnAndAPurchase() throws {
    let received = try Sample.withBytes(Array(exchanged(parts).utf8)) { bytes throws(ContractViolation) in
      try TransactionDecoder(.commerce).receive(EventEnvelope(data: bytes))
    }
    #expect(received.transaction.kind == .purchase && received.transaction.id == "X-1")
    #expect(received.transaction.lines.map(\.sku) == ["B"] && received.transaction.total == 1_300)
    let back = try #require(received.returned.first)
    #expect(received.returned.count == 1 && back.id == "X-1/returned" && back.memberId == "M-1")
    #expect(
      back.kind == .returned(Return(purchaseId: "P-1", lines: [ReturnedLine(sku: "A", quantity: .one, amount: 1_000)])))
  }

  @Test func anExchangeNeedsBothSides() {
    #expect(Sample.violation(exchanged(parts.replacing("\"purchaseId\":\"P-1\",", with: "")))?.path == "$.purchaseId")
    #expect(Sample.violation(exchanged(parts.replacing("returned", with: "other")))?.path == "$.returned")
    #expect(Sample.violation(exchanged(parts.replacing("\"lines\"", with: "\"other\"")))?.path == "$.lines")
    let long = Sample.violation(exchanged(parts, id: String(repeating: "x", count: 120)))
    #expect(long?.code == .invalidId && long?.path == "$.id")
    #expect(Sample.violation(exchanged(parts, id: String(repeating: "x", count: 119))) == nil)
  }

  @Test func whatServicesTakeHasNoExchanges() {
    let text = exchanged(parts).replacing("\"member\":{\"id\":\"M-1\"}", with: "\"memberId\":\"M-1\"")
    #expect(throws: ContractViolation.self) { try Sample.decode(text, .accepted) }
  }
}
