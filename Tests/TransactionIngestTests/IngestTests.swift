import Contracts
import JSON
import Loyalty
import StreamRuntime
import StreamTesting
import Testing
import TransactionIngest

@Suite(.timeLimit(.minutes(10))) struct IngestTests {
  @Test func purchaseIsPassedOnUnderItsMembersKey() throws {
    let ingest = try IngestFixture()
    defer { ingest.driver.close() }
    let trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    ingest.send(IngestFixture.purchase(), headers: ["traceparent": trace])
    try ingest.driver.run()
    let output = try #require(ingest.driver.outputs("loyalty.transactions").first)
    #expect(output.key == "M-1")
    #expect(output.headers["ce_id"] == "pos:P-1")
    #expect(output.headers["ce_type"] == "purchase.accepted")
    #expect(output.headers["ce_source"] == "transaction-ingest")
    #expect(output.headers["traceparent"] == trace)
    let transaction = try #require(try ingest.transactions().first)
    #expect(transaction.memberId == "M-1")
    #expect(transaction.lines.first?.amount == 95000)
    #expect(transaction.total == 90000)
    #expect(try ingest.rejections().isEmpty)
  }

  @Test func theTraceOfAStructuredCloudEventIsPassedOn() throws {
    let ingest = try IngestFixture()
    defer { ingest.driver.close() }
    let trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    func send(_ id: String, _ traceparent: String) {
      ingest.send(
        #"{"specversion":"1.0","id":"\#(id)","type":"purchase.completed","source":"pos","traceparent":"\#(traceparent)","#
          + #""data":\#(IngestFixture.purchase(id: id))}"#, headers: ["content-type": "application/cloudevents+json"])
    }
    send("P-1", trace)
    send("P-2", "none")
    ingest.send(IngestFixture.purchase(id: "P-3"))
    try ingest.driver.run()
    #expect(ingest.driver.outputs("loyalty.transactions").map { $0.headers["traceparent"] } == [trace, nil, nil])
    #expect(
      ingest.driver.metrics.exposition().contains(
        "stampede_traceparents_dropped_total{service=\"transaction-ingest\"} 1"))
  }

  @Test func samePurchaseFiveTimesIsPassedOnOnce() throws {
    let ingest = try IngestFixture()
    defer { ingest.driver.close() }
    for _ in 0..<5 { ingest.send(IngestFixture.purchase()) }
    try ingest.driver.run()
    ingest.send(IngestFixture.purchase())
    try ingest.driver.run()
    #expect(try ingest.transactions().count == 1)
    #expect(try ingest.rejections().isEmpty)
    #expect(ingest.driver.metrics.exposition().contains("code=\"duplicate\"} 5"))
  }

  @Test func retryWrittenDownInAnotherWayIsADuplicateToo() throws {
    let ingest = try IngestFixture()
    defer { ingest.driver.close() }
    ingest.send(IngestFixture.purchase())
    ingest.send(IngestFixture.purchase(at: "2026-11-22T06:04:41.000Z", amount: "9.5e4").replacing(",", with: " , "))
    try ingest.driver.run()
    #expect(try ingest.transactions().count == 1)
    #expect(try ingest.rejections().isEmpty)
  }

  @Test func sameIdFromAnotherSourceIsAnotherPurchase() throws {
    let ingest = try IngestFixture()
    defer { ingest.driver.close() }
    ingest.send(IngestFixture.purchase(source: "pos-1"))
    ingest.send(IngestFixture.purchase(source: "pos-2"))
    try ingest.driver.run()
    #expect(try ingest.transactions().map(\.source) == ["pos-1", "pos-2"])
  }

  @Test func anotherPurchaseUnderAUsedIdIsRefusedAndTheFirstStands() throws {
    let ingest = try IngestFixture()
    defer { ingest.driver.close() }
    ingest.send(IngestFixture.purchase(amount: "95000"))
    ingest.send(IngestFixture.purchase(amount: "1000000"))
    try ingest.driver.run()
    #expect(try ingest.transactions().map(\.total) == [90000])
    #expect(try ingest.codes() == ["conflicting-duplicate"])
  }

  @Test func duplicatesAreKnownAfterARestartOnALostDisk() throws {
    let ingest = try IngestFixture()
    defer { ingest.driver.close() }
    ingest.send(IngestFixture.purchase())
    try ingest.driver.run()
    try ingest.driver.restart(losingDisk: true)
    ingest.send(IngestFixture.purchase())
    try ingest.driver.run()
    #expect(try ingest.transactions().count == 1)
  }

  @Test func memoryEndsAfterItsTimeAndNotBefore() throws {
    let day: Int64 = 86_400_000
    let ingest = try IngestFixture(IngestSettings(memoryMs: 90 * day))
    defer { ingest.driver.close() }
    ingest.send(IngestFixture.purchase(id: "P-1", at: "2026-01-01T00:00:00Z"))
    ingest.send(IngestFixture.purchase(id: "P-2", at: "2026-03-31T23:59:59Z"))
    try ingest.driver.run()
    #expect(ingest.driver.metrics.exposition().contains("store=\"purchases\"} 2"))
    ingest.send(IngestFixture.purchase(id: "P-3", at: "2026-04-01T00:00:00Z"))
    try ingest.driver.run()
    #expect(ingest.driver.metrics.exposition().contains("store=\"purchases\"} 2"))
    ingest.send(IngestFixture.purchase(id: "P-1", at: "2026-01-01T00:00:00Z"))
    ingest.send(IngestFixture.purchase(id: "P-2", at: "2026-03-31T23:59:59Z"))
    try ingest.driver.run()
    #expect(try ingest.transactions().map(\.id) == ["P-1", "P-2", "P-3", "P-1"])
  }

  @Test func returnsAndCancelsArePassedOn() throws {
    let ingest = try IngestFixture()
    defer { ingest.driver.close() }
    let head = "\"occurredAt\":\"2026-11-23T00:00:00Z\",\"source\":\"pos\",\"member\":{\"id\":\"M-1\"}"
    ingest.send(
      "{\"type\":\"purchase.returned\",\"id\":\"R-1\",\(head),\"currency\":\"VND\",\"purchaseId\":\"P-1\",\"refund\":\"5\"}"
    )
    ingest.send("{\"type\":\"purchase.cancelled\",\"id\":\"C-1\",\(head),\"purchaseId\":\"P-1\"}")
    try ingest.driver.run()
    #expect(
      try ingest.transactions().map(\.kind) == [
        .returned(Return(purchaseId: "P-1", refund: 5)), .cancelled(purchaseId: "P-1"),
      ])
    #expect(
      ingest.driver.outputs("loyalty.transactions").compactMap { $0.headers["ce_type"] } == [
        "return.accepted", "cancel.accepted",
      ])
  }

  @Test func cloudEventsInBothModesAreTaken() throws {
    let ingest = try IngestFixture()
    defer { ingest.driver.close() }
    let bare = "{\"member\":{\"id\":\"M-1\"},\"currency\":\"VND\",\"lines\":[{\"sku\":\"A\",\"amount\":\"1\"}]}"
    let attributes = ["type": "purchase.completed", "source": "pos", "time": "2026-11-22T00:00:00Z"]
    var headers = ["ce_specversion": "1.0", "ce_id": "binary"]
    for (name, value) in attributes { headers["ce_\(name)"] = value }
    ingest.send(bare, headers: headers)
    let envelope = attributes.map { "\"\($0.key)\":\"\($0.value)\"" }.joined(separator: ",")
    ingest.send(
      "{\"specversion\":\"1.0\",\"id\":\"structured\",\(envelope),\"data\":\(bare)}",
      headers: ["content-type": "application/cloudevents+json"])
    try ingest.driver.run()
    #expect(try ingest.transactions().map(\.id) == ["binary", "structured"])
  }

  @Test func futurePurchaseIsRefusedOnWallTimeOnly() throws {
    for clock in [ClockMode.wall, .stream] {
      let ingest = try IngestFixture(clock: clock, wallNowMs: 1_700_000_000_000)
      defer { ingest.driver.close() }
      ingest.send(IngestFixture.purchase(at: "2023-11-15T22:13:20Z"))
      ingest.send(IngestFixture.purchase(at: "2023-11-15T22:13:21Z").replacing("P-1", with: "P-2"))
      try ingest.driver.run()
      #expect(try ingest.codes() == (clock == .wall ? ["in-the-future"] : []))
    }
  }
}
