import Contracts
import Loyalty
import Testing

/// `purchase.exchanged`: taken as the return and the purchase that it is.
@Suite(.timeLimit(.minutes(10))) struct ExchangeTests {
  private func exchange(amount: String = "70000", member: String = "{\"id\":\"M-1\"}", currency: String = "VND")
    -> String
  {
    """
    {"type":"purchase.exchanged","id":"X-1","occurredAt":"2026-11-23T13:04:41+07:00","source":"pos","member":\(member),\
    "currency":"\(currency)","purchaseId":"P-1","returned":[{"sku":"A1","quantity":1}],\
    "lines":[{"sku":"B1","amount":"\(amount)"}]}
    """
  }

  @Test func theReturnGoesFirstAndBothOnlyOnce() throws {
    let ingest = try IngestFixture()
    defer { ingest.driver.close() }
    ingest.send(IngestFixture.purchase())
    ingest.send(exchange())
    ingest.send(exchange())
    try ingest.driver.run()
    #expect(try ingest.transactions().map(\.id) == ["P-1", "X-1/returned", "X-1"])
    #expect(try ingest.transactions().map(\.purchaseId) == [nil, "P-1", nil])
    #expect(try ingest.codes().isEmpty)
  }

  @Test func anotherExchangeUnderTheIdIsRefusedWhole() throws {
    let ingest = try IngestFixture()
    defer { ingest.driver.close() }
    ingest.send(exchange())
    ingest.send(exchange(amount: "80000"))
    try ingest.driver.run()
    #expect(try ingest.transactions().map(\.id) == ["X-1/returned", "X-1"])
    #expect(try ingest.codes() == ["conflicting-duplicate"])
  }

  @Test func anIdThatAPurchaseHasIsNoExchangesAndNothingIsReturned() throws {
    let ingest = try IngestFixture()
    defer { ingest.driver.close() }
    ingest.send(IngestFixture.purchase(id: "X-1"))
    ingest.send(exchange())
    try ingest.driver.run()
    #expect(try ingest.transactions().map(\.id) == ["X-1"])
    #expect(try ingest.codes() == ["conflicting-duplicate"])
  }

  @Test func whatCannotBeBoughtIsNotReturnedEither() throws {
    let ingest = try IngestFixture()
    defer { ingest.driver.close() }
    ingest.publishProgramme()
    ingest.send(exchange(amount: "70.00", currency: "USD"))
    try ingest.driver.run()
    #expect(try ingest.transactions().isEmpty)
    #expect(try ingest.codes() == ["currency-not-taken"])
  }

  @Test func bothPartsFindTheirMemberByPhone() throws {
    let ingest = try IngestFixture(partitionCount: 3)
    defer { ingest.driver.close() }
    ingest.enrol("M-7", phone: "+84901234567")
    ingest.send(IngestFixture.purchase(member: "{\"phone\":\"0901234567\"}"))
    try ingest.driver.run()
    ingest.send(exchange(member: "{\"phone\":\"0901234567\"}"))
    try ingest.driver.run()
    #expect(try ingest.transactions().map(\.id) == ["P-1", "X-1/returned", "X-1"])
    #expect(try ingest.transactions().allSatisfy { $0.memberId == "M-7" })
  }
}
