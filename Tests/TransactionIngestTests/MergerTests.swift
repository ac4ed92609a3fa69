import Contracts
import JSON
import Loyalty
import StreamTesting
import Testing
import TransactionIngest

@Suite(.timeLimit(.minutes(10))) struct MergerTests {
  /// M-1 and M-2, merged into each other.
  private func mergeInACircle(_ ingest: IngestFixture) {
    ingest.enrol("M-1", status: "closed", mergedInto: "M-2", at: "2026-02-01T00:00:00Z")
    ingest.enrol("M-2", status: "closed", mergedInto: "M-1", at: "2026-02-01T00:00:00Z")
  }

  @Test func claimOfAMemberInACircleIsRefusedAndBookedOnceItIsMended() throws {
    let ingest = try IngestFixture(partitionCount: 3)
    defer { ingest.driver.close() }
    mergeInACircle(ingest)
    ingest.send(IngestFixture.purchase(member: "null"))
    try ingest.driver.run()
    ingest.claim("C-1", by: "M-1")
    try ingest.driver.run()
    #expect(try ingest.claimStatuses() == ["C-1 M-1 forwarding-loop"])
    #expect(try ingest.transactions().isEmpty)
    ingest.enrol("M-2", at: "2026-03-01T00:00:00Z")
    try ingest.driver.run()
    ingest.claim("C-1", by: "M-1")
    try ingest.driver.run()
    #expect(try ingest.claimStatuses().last == "C-1 M-1 accepted")
    #expect(try ingest.transactions().map(\.memberId) == ["M-2"])
  }

  @Test func circleThatClosesWhileAClaimIsUnderWayBooksNothingAndIsTold() throws {
    let ingest = try IngestFixture()
    defer { ingest.driver.close() }
    ingest.enrol("M-1")
    ingest.send(IngestFixture.purchase(member: "null"))
    try ingest.driver.run()
    ingest.claim("C-1", by: "M-1")
    // The claim goes to its receipt's partition; before it is judged there, the circle closes.
    while try ingest.lookups("receipt.claimed") == 0 { try ingest.driver.step() }
    for (id, target) in [("M-1", "M-2"), ("M-2", "M-1")] {
      ingest.driver.publish(
        "loyalty.forwardings", partition: 0, key: id,
        value:
          "{\"type\":\"member.forwarded\",\"id\":\"\(id)\",\"occurredAt\":\"2026-02-01T00:00:00Z\",\"to\":\"\(target)\"}"
      )
    }
    try ingest.driver.run()
    #expect(try ingest.claimStatuses() == ["C-1 M-1 forwarding-loop"])
    #expect(try ingest.transactions().isEmpty)
    for id in ["M-1", "M-2"] { ingest.driver.publish("loyalty.forwardings", partition: 0, key: id, value: nil) }
    try ingest.driver.run()
    ingest.claim("C-1", by: "M-1")
    try ingest.driver.run()
    #expect(try ingest.claimStatuses().last == "C-1 M-1 accepted")
    #expect(try ingest.transactions().count == 1)
  }

  // MARK: Erasure

  private func erase(_ member: String, _ ingest: IngestFixture, at: String = "2026-12-01T00:00:00Z") throws {
    var writer = JSONWriter()
    PrivacyTask(
      id: "t-\(member)", kind: .erase, requestId: "PR-\(member)", memberId: member, services: [.transactionIngest],
      occurredAt: try #require(Instant(rfc3339: at))
    ).encode(to: &writer)
    for partition in 0..<3 {
      ingest.driver.publish("privacy.tasks", partition: Int32(partition), key: member, value: writer.string)
    }
    try ingest.driver.run()
  }

  private func forwardings(_ ingest: IngestFixture) -> [String: String] {
    var live: [String: String] = [:]
    for record in ingest.driver.outputs("loyalty.forwardings") { live[record.key ?? "?"] = record.value }
    return live
  }

  @Test func erasureTakesForwardingsBackInBothDirections() throws {
    let ingest = try IngestFixture(partitionCount: 3)
    defer { ingest.driver.close() }
    // M-1, M-4 → M-2 → M-3; M-5 → M-3.
    for (member, target) in [("M-1", "M-2"), ("M-4", "M-2"), ("M-2", "M-3"), ("M-5", "M-3")] {
      ingest.enrol(member, status: "closed", mergedInto: target)
    }
    ingest.enrol("M-3")
    try ingest.driver.run()
    #expect(Set(forwardings(ingest).keys) == ["M-1", "M-2", "M-4", "M-5"])
    try erase("M-2", ingest)
    #expect(Set(forwardings(ingest).keys) == ["M-5"])
    #expect(forwardings(ingest).values.allSatisfy { !$0.contains("M-2") })
    #expect(ingest.liveRows("profiles").allSatisfy { !$0.contains("M-2") })
    let reports = try ingest.driver.values(of: "privacy.reports") { try PrivacyReport(decoding: $0) }
    #expect(reports.count == 3 && reports.reduce(0) { $0 + $1.rowsErased } == 3, "the profile and two mergers")
    // The profiles as they were, read again, do not bring the erased id back; a later one says what is true.
    ingest.enrol("M-1", status: "closed", mergedInto: "M-2", at: "2026-06-01T00:00:00Z")
    try ingest.driver.run()
    #expect(Set(forwardings(ingest).keys) == ["M-5"])
    ingest.enrol("M-1", status: "closed", mergedInto: "M-3", at: "2026-12-02T00:00:00Z")
    try ingest.driver.run()
    ingest.send(IngestFixture.purchase(member: "{\"id\":\"M-1\"}"))
    try ingest.driver.run()
    #expect(try ingest.transactions().map(\.memberId) == ["M-3"])
  }

  @Test func mergerThatChangesLeavesNoOldTrace() throws {
    let ingest = try IngestFixture(partitionCount: 3)
    defer { ingest.driver.close() }
    ingest.enrol("M-1", status: "closed", mergedInto: "M-2")
    try ingest.driver.run()
    ingest.enrol("M-1", status: "closed", mergedInto: "M-3", at: "2026-02-01T00:00:00Z")
    try ingest.driver.run()
    try erase("M-2", ingest)
    #expect(Set(forwardings(ingest).keys) == ["M-1"])
    ingest.driver.publish("loyalty.members", key: "M-1", value: nil)
    try ingest.driver.run()
    #expect(forwardings(ingest).isEmpty)
    #expect(ingest.liveRows("profiles") == ["\u{1F}secret"])
  }
}
