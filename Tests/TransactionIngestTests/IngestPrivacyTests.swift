import Contracts
import JSON
import Loyalty
import StreamTesting
import Testing
import TransactionIngest

@Suite(.timeLimit(.minutes(10))) struct IngestPrivacyTests {
  private func task(_ services: [Service], at: String = "1970-01-01T00:00:00.005Z") -> String {
    var writer = JSONWriter()
    PrivacyTask(
      id: "t", kind: .erase, requestId: "PR-1", memberId: "M-1", services: services,
      occurredAt: Instant(rfc3339: at) ?? .epoch
    ).encode(to: &writer)
    return writer.string
  }

  @Test func everyPartitionReportsThatThereWasNothingToErase() throws {
    let ingest = try IngestFixture(partitionCount: 3)
    defer { ingest.driver.close() }
    for partition in 0..<3 {
      ingest.driver.publish("privacy.tasks", partition: Int32(partition), key: "M-1", value: task([.transactionIngest]))
    }
    try ingest.driver.run()
    let reports = try ingest.driver.outputs("privacy.reports").map { output in
      #expect(output.key == "M-1")
      return try Array((output.value ?? "").utf8).withUnsafeBytes { try PrivacyReport(decoding: $0) }
    }
    #expect(reports.map(\.partition).sorted() == [0, 1, 2])
    #expect(reports.allSatisfy { $0.rowsErased == 0 && $0.service == .transactionIngest })
  }

  @Test func erasureEndsWhenEveryPartitionHasForgottenTheMember() throws {
    let ingest = try IngestFixture(partitionCount: 3)
    defer { ingest.driver.close() }
    ingest.enrol("M-1", phone: "+84901234567", email: "anh@example.com", cards: ["9704000000000018"])
    ingest.send(IngestFixture.purchase(member: "null"))
    try ingest.driver.run()
    ingest.claim("C-1", by: "M-1")
    try ingest.driver.run()
    for partition in 0..<3 {
      ingest.driver.publish(
        "privacy.tasks", partition: Int32(partition), key: "M-1",
        value: task([.transactionIngest], at: "2026-12-01T00:00:00Z"))
    }
    try ingest.driver.run()
    let reports = try ingest.driver.values(of: "privacy.reports") { try PrivacyReport(decoding: $0) }
    #expect(reports.map(\.partition).sorted() == [0, 1, 2])
    // The profile's row and the claims', five contacts (an e-mail has three forms), one receipt.
    #expect(reports.map(\.rowsErased).sorted() == [0, 0, 8])
    for store in ["contacts", "profiles", "claimants", "receipts", "erasures"] {
      #expect(ingest.liveRows(store) == (store == "profiles" ? ["\u{1F}secret"] : []), "\(store)")
    }
    // What was under way does not bring the member back; nor does a purchase find them.
    ingest.enrol("M-1", phone: "+84901234567", at: "2026-11-30T00:00:00Z")
    ingest.send(IngestFixture.purchase(id: "P-2", member: "{\"phone\":\"0901234567\"}"))
    ingest.claim("C-2", by: "M-1", receipt: "P-2", at: "2026-11-30T00:00:00Z")
    try ingest.driver.run()
    #expect(try ingest.transactions().map(\.id) == ["P-1"])
    #expect(try ingest.claimStatuses() == ["C-1 M-1 accepted"])
    #expect(ingest.liveRows("profiles") == ["\u{1F}secret"] && ingest.liveRows("claimants").isEmpty)
  }

  @Test func tasksOfOtherServicesArePassedOver() throws {
    let ingest = try IngestFixture()
    defer { ingest.driver.close() }
    ingest.driver.publish("privacy.tasks", key: "M-1", value: task([.pointsEngine, .notifier]))
    try ingest.driver.run()
    #expect(ingest.driver.outputs("privacy.reports").isEmpty)
  }

  @Test func brokenTaskIsDeadLettered() throws {
    let ingest = try IngestFixture()
    defer { ingest.driver.close() }
    ingest.driver.publish("privacy.tasks", key: "M-1", value: "{}")
    ingest.driver.publish("privacy.tasks", key: "M-1", value: task([.transactionIngest]))
    try ingest.driver.run()
    #expect(ingest.driver.outputs("transaction-ingest.dead-letters").first?.headers["dl_error"] == "missing-field")
    #expect(ingest.driver.outputs("privacy.reports").count == 1)
  }

  @Test func rowsNameNoMember() throws {
    let ingest = try IngestFixture()
    defer { ingest.driver.close() }
    ingest.send(IngestFixture.purchase(member: "{\"id\":\"M-secret\"}"))
    try ingest.driver.run()
    let changelog = ingest.driver.outputs("transaction-ingest.purchases.changelog")
    #expect(!changelog.isEmpty)
    for record in changelog {
      #expect(record.key?.contains("M-secret") == false && record.value?.contains("M-secret") == false)
    }
  }
}
