import Contracts
import StreamRuntime
import StreamTesting
import Testing
import TransactionIngest

@Suite(.timeLimit(.minutes(10))) struct PurchaseRuleTests {
  private static let now: Int64 = 1_700_000_000_000  // 2023-11-14T22:13:20Z

  @Test func purchaseIsTakenAsFarBackAsTheProgrammeSays() throws {
    let ingest = try IngestFixture(clock: .wall, wallNowMs: Self.now)
    defer { ingest.driver.close() }
    ingest.publishProgramme(intake: "{\"lateDays\":10}")
    try ingest.driver.run()
    ingest.send(IngestFixture.purchase(id: "P-1", at: "2023-11-04T22:13:20Z"))
    ingest.send(IngestFixture.purchase(id: "P-2", at: "2023-11-04T22:13:19Z"))
    try ingest.driver.run()
    #expect(try ingest.transactions().map(\.id) == ["P-1"])
    #expect(try ingest.codes() == ["too-old"])
  }

  @Test func nothingIsTooOldForAProgrammeWithoutALimit() throws {
    let ingest = try IngestFixture(clock: .wall, wallNowMs: Self.now)
    defer { ingest.driver.close() }
    ingest.publishProgramme(id: "a", intake: "{\"lateDays\":10}")
    ingest.publishProgramme(id: "b")
    try ingest.driver.run()
    ingest.send(IngestFixture.purchase(id: "P-1", at: "2021-11-04T22:13:20Z"))
    ingest.send(
      IngestFixture.purchase(id: "P-2", at: "2021-11-04T22:13:20Z").replacing(
        "\"currency\"", with: "\"programId\":\"a\",\"currency\""))
    try ingest.driver.run()
    #expect(try ingest.transactions().map(\.id) == ["P-1"])
    #expect(try ingest.codes() == ["too-old"])
  }

  @Test func unknownProgrammeAndForeignCurrencyHaveCodesOfTheirOwn() throws {
    let ingest = try IngestFixture()
    defer { ingest.driver.close() }
    // While nothing is published, nobody can say what is foreign.
    ingest.send(IngestFixture.purchase(id: "P-0").replacing("VND", with: "USD").replacing("95000", with: "9"))
    try ingest.driver.run()
    ingest.publishProgramme()
    try ingest.driver.run()
    ingest.send(IngestFixture.purchase(id: "P-1").replacing("\"currency\"", with: "\"programId\":\"q\",\"currency\""))
    ingest.send(IngestFixture.purchase(id: "P-2").replacing("VND", with: "USD"))
    ingest.send(IngestFixture.purchase(id: "P-3").replacing("VND", with: "XXA"))
    ingest.send(IngestFixture.purchase(id: "P-4", amount: "95000.5"))
    try ingest.driver.run()
    #expect(
      try ingest.codes() == ["unknown-programme", "currency-not-taken", "unknown-currency", "too-many-decimals"])
    #expect(
      try ingest.rejections().compactMap { $0["path"]?.string } == [
        "$.programId", "$.currency", "$.currency", "$.lines[0].amount",
      ])
    ingest.send(IngestFixture.purchase(id: "P-1"))
    try ingest.driver.run()
    #expect(try ingest.transactions().map(\.id) == ["P-0", "P-1"])
  }
}
