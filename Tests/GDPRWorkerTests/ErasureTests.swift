import Contracts
import GDPRWorker
import JSON
import Loyalty
import StreamRuntime
import StreamTesting
import Testing

@Suite(.timeLimit(.minutes(10))) struct ErasureTests {
  @Test func requestBecomesTasksForEveryService() throws {
    let privacy = try PrivacyFixture()
    defer { privacy.driver.close() }
    privacy.request("PR-1")
    try privacy.driver.run()
    let tasks = try privacy.tasks()
    #expect(tasks.count { $0.services == PrivacyFixture.byMember } == 1)
    for service in PrivacyFixture.everyPartition {
      #expect(tasks.count { $0.services == [service] } == PrivacyFixture.partitionCount)
    }
    #expect(tasks.allSatisfy { $0.requestId == "PR-1" && $0.memberId == "M-1" })
    #expect(Set(tasks.map(\.id)).count == tasks.count)
    for partition in 0..<Int32(PrivacyFixture.partitionCount) {
      let place = TopicPartition(topic: "privacy.tasks", partition: partition)
      #expect(privacy.driver.log.highWatermark(place) > 0)
    }
    #expect(try privacy.certificates().isEmpty)
  }

  @Test func certificateComesWithTheLastReportAndNotBefore() throws {
    let privacy = try PrivacyFixture()
    defer { privacy.driver.close() }
    privacy.request("PR-1")
    try privacy.driver.run()
    let expected = privacy.expected()
    for (index, part) in expected.enumerated() {
      #expect(try privacy.certificates().isEmpty)
      #expect(privacy.memberTombstones.isEmpty)
      privacy.report("PR-1", part.0, part.1, rows: index)
      try privacy.driver.run()
    }
    let certificate = try #require(try privacy.certificates().first)
    guard case .completed(let parts) = certificate.outcome else {
      Issue.record("the request was refused")
      return
    }
    #expect(parts.count == expected.count)
    #expect(parts.reduce(0) { $0 + $1.rowsErased } == expected.indices.reduce(0, +))
    #expect(privacy.memberTombstones == ["M-1"])
    #expect(privacy.driver.outputs("privacy.certificates").first?.key == "PR-1")
  }

  @Test func reportsFromOtherPartitionsOrTwiceDoNotCount() throws {
    let privacy = try PrivacyFixture()
    defer { privacy.driver.close() }
    privacy.request("PR-1")
    let expected = privacy.expected()
    for part in expected.dropLast() {
      privacy.report("PR-1", part.0, part.1)
      privacy.report("PR-1", part.0, part.1, rows: 100)
    }
    privacy.report("PR-1", .pointsEngine, (expected[0].1 + 1) % 3)
    privacy.report("PR-1", .transactionIngest, 17)
    privacy.report("PR-none", expected[0].0, expected[0].1)
    try privacy.driver.run()
    #expect(try privacy.certificates().isEmpty)
    let last = try #require(expected.last)
    privacy.report("PR-1", last.0, last.1)
    try privacy.driver.run()
    guard case .completed(let parts)? = try privacy.certificates().first?.outcome else {
      Issue.record("the request was not completed")
      return
    }
    #expect(parts.allSatisfy { $0.rowsErased == 1 })
  }

  @Test func sameRequestAgainChangesNothingBeforeAndAfterItIsClosed() throws {
    let privacy = try PrivacyFixture()
    defer { privacy.driver.close() }
    privacy.request("PR-1")
    privacy.request("PR-1")
    for part in privacy.expected() { privacy.report("PR-1", part.0, part.1) }
    try privacy.driver.run()
    privacy.request("PR-1")
    for part in privacy.expected() { privacy.report("PR-1", part.0, part.1) }
    try privacy.driver.run()
    #expect(try privacy.tasks().count == PrivacyFixture.taskCount)
    #expect(try privacy.certificates().count == 1)
    #expect(privacy.memberTombstones.count == 1)
  }

  @Test func openRequestSurvivesALostDisk() throws {
    let privacy = try PrivacyFixture()
    defer { privacy.driver.close() }
    privacy.request("PR-1")
    let expected = privacy.expected()
    for part in expected.dropLast() { privacy.report("PR-1", part.0, part.1) }
    try privacy.driver.run()
    try privacy.driver.restart(losingDisk: true)
    let last = try #require(expected.last)
    privacy.report("PR-1", last.0, last.1)
    try privacy.driver.run()
    #expect(try privacy.certificates().count == 1)
    #expect(try privacy.tasks().count == PrivacyFixture.taskCount)
  }

  @Test func nothingOfTheMemberIsLeftOnceTheRequestIsClosed() throws {
    let privacy = try PrivacyFixture()
    defer { privacy.driver.close() }
    privacy.request("PR-1", member: "M-secret")
    for part in privacy.expected(member: "M-secret") {
      privacy.report("PR-1", part.0, part.1, member: "M-secret")
    }
    try privacy.driver.run()
    var latest: [String: String?] = [:]
    for record in privacy.driver.outputs("gdpr-worker.requests.changelog") { latest[record.key ?? ""] = record.value }
    #expect(latest.keys.contains("PR-1"))
    for (key, value) in latest { #expect(!key.contains("M-secret") && value?.contains("M-secret") != true) }
    for output in privacy.driver.outputs("privacy.certificates") {
      #expect(output.key?.contains("M-secret") == false && output.value?.contains("M-secret") == false)
      #expect(!output.headers.values.contains { $0.contains("M-secret") })
    }
  }

  @Test func closedRequestsAreForgottenInTheEnd() throws {
    let privacy = try PrivacyFixture()
    defer { privacy.driver.close() }
    privacy.request("PR-1", .access)
    try privacy.driver.run()
    #expect(privacy.driver.metrics.exposition().contains("store=\"requests\"} 1"))
    privacy.request("PR-2", .access, at: Instant(milliseconds: 1_700_000_000_000 + 91 * 86_400_000))
    try privacy.driver.run()
    #expect(privacy.driver.metrics.exposition().contains("store=\"requests\"} 1"))
  }

  @Test func reportsOfMoreRowsThanThereCanBeAreDeadLetters() throws {
    let privacy = try PrivacyFixture()
    defer { privacy.driver.close() }
    privacy.request("PR-1")
    try privacy.driver.run()
    for (service, partition) in privacy.expected() {
      privacy.report("PR-1", service, partition, rows: .max)
      privacy.report("PR-1", service, partition, rows: 1_000_000_000_000)
    }
    try privacy.driver.run()
    let letters = privacy.driver.outputs("gdpr-worker.dead-letters").compactMap { $0.headers["dl_error"] }
    #expect(letters == Array(repeating: "invalid-value", count: privacy.expected().count))
    #expect(try privacy.certificates().count == 1)
  }
}
