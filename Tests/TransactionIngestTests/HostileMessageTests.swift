import Testing
import TransactionIngest

/// Messages between partitions that no ingest writes.
@Suite(.timeLimit(.minutes(10))) struct HostileMessageTests {
  @Test func anAnswerInAPartitionThatThereIsNotIsRefused() throws {
    let ingest = try IngestFixture(partitionCount: 2)
    defer { ingest.driver.close() }
    let transaction = """
      {"type":"purchase.accepted","id":"X","occurredAt":"2026-11-22T06:04:41Z","source":"pos","memberId":"-",\
      "currency":"VND","lines":[{"sku":"A","quantity":"1","amount":"5"}],"total":"5"}
      """
    let digest = String(repeating: "ab", count: 16)
    let place = #""partition":99,"offset":1,"at":"2026-11-22T06:04:41Z","seen":"1""#
    let hostile = [
      #"{"type":"purchase.kept",\#(place),"transaction":\#(transaction)}"#,
      #"{"type":"purchase.refused","receipt":"X","source":"pos","refusal":"purchase-not-found",\#(place)}"#,
      #"{"type":"contact.removed","digest":"\#(digest)","memberId":"M-9","requestId":"E-1","partition":99}"#,
      #"{"type":"contact.removed","digest":"\#(digest)","memberId":"M-9","requestId":"E-1","partition":-1}"#,
    ]
    for message in hostile { ingest.driver.publish("loyalty.lookups", partition: 0, key: "x", value: message) }
    ingest.send(IngestFixture.purchase(id: "canary"))
    try ingest.driver.run()
    let letters = ingest.driver.outputs("transaction-ingest.dead-letters").compactMap { $0.headers["dl_error"] }
    #expect(letters == Array(repeating: "unknown-partition", count: hostile.count))
    #expect(try ingest.transactions().map(\.id) == ["canary"])
  }
}
