import Contracts
import JSON
import Loyalty
import StreamRuntime
import StreamTesting
import Testing
import TransactionIngest

/// Profiles and claims that lie in a partition where their keys do not belong.
@Suite(.timeLimit(.minutes(10))) struct StrayTests {
  private let ingest: IngestFixture
  private let own: Int32
  private let other: Int32

  init() throws {
    ingest = try IngestFixture(partitionCount: 3)
    own = ingest.driver.log.partition(of: Array("M-1".utf8))
    other = (own + 1) % 3
  }

  private func profile(_ id: String = "M-1", phone: String = "+84901234567", at: String = "2026-01-01T00:00:00Z")
    -> String
  {
    #"{"type":"member.profile","id":"\#(id)","occurredAt":"\#(at)","phone":"\#(phone)"}"#
  }

  private func records(in partition: Int32, _ topic: Topic = .members) -> [MemoryLog.Record] {
    ingest.driver.log.records(TopicPartition(topic: topic.name, partition: partition)).map(\.record)
  }

  private func headers(_ record: MemoryLog.Record) -> [String: String] {
    Dictionary(record.headers.map { ($0.name, String(decoding: $0.value, as: UTF8.self)) }) { $1 }
  }

  private var deadLetters: [String?] {
    ingest.driver.outputs("transaction-ingest.dead-letters").map { $0.headers["dl_error"] }
  }

  @Test func profileIsSentOnWithItsHeadersAndGoesFromWhereItLay() throws {
    defer { ingest.driver.close() }
    ingest.driver.publish(
      "loyalty.members", partition: other, key: "M-1", value: profile(), headers: ["ce_source": "crm", "x": "y"])
    try ingest.driver.run()
    let arrived = try #require(records(in: own).first)
    #expect(arrived.value == Array(profile().utf8) && arrived.key == Array("M-1".utf8))
    #expect(headers(arrived) == ["ce_source": "crm", "x": "y", "stampede_forwarded_from": "\(other)@0"])
    #expect(records(in: own).count == 1)
    let left = records(in: other)
    #expect(left.count == 2 && left[1].value == nil && left[1].key == Array("M-1".utf8))
    #expect(headers(left[1]) == ["stampede_cleared_by": "transaction-ingest"])
    // And it is found by its phone.
    ingest.send(IngestFixture.purchase(member: #"{"phone":"0901234567"}"#))
    try ingest.driver.run()
    #expect(try ingest.transactions().map(\.memberId) == ["M-1"])
    #expect(deadLetters.isEmpty)
    let told = "stampede_records_forwarded_total{service=\"transaction-ingest\",topic=\"loyalty.members\"} 1\n"
    #expect(ingest.driver.metrics.exposition().contains(told))
    #expect(ingest.driver.logged.count { $0.contains("topic.partitioner=murmur2_random") } == 1)
  }

  @Test func manyStraysAreToldInOneLine() throws {
    defer { ingest.driver.close() }
    for number in 0..<20 {
      for partition in 0..<Int32(3) {
        ingest.driver.publish(
          "loyalty.members", partition: partition, key: "M-\(number)", value: profile("M-\(number)"))
      }
    }
    try ingest.driver.run()
    #expect(ingest.driver.logged.count { $0.contains("murmur2_random") } == 1)
    #expect(ingest.driver.metrics.exposition().contains("topic=\"loyalty.members\"} 40\n"))
    #expect(ingest.liveRows("profiles").filter { $0.hasPrefix("M-") }.count == 20)
  }

  @Test func claimIsSentOnAndAnswered() throws {
    defer { ingest.driver.close() }
    ingest.enrol("M-1")
    ingest.send(IngestFixture.purchase(member: "null"))
    try ingest.driver.run()
    let claim = """
      {"type":"purchase.claim","id":"C-1","occurredAt":"2026-11-23T09:00:00Z","memberId":"M-1","receipt":"P-1",\
      "total":"90000","date":"2026-11-22"}
      """
    ingest.driver.publish("commerce.claims", partition: other, key: "M-1", value: claim)
    try ingest.driver.run()
    #expect(try ingest.claimStatuses() == ["C-1 M-1 accepted"])
    // The topic is not compacted: nothing is taken away.
    #expect(records(in: other, .claimRequests).count == 1)
  }

  @Test func secondArrivalInAWrongPlaceIsADeadLetterAndGoesFromThere() throws {
    defer { ingest.driver.close() }
    ingest.driver.publish(
      "loyalty.members", partition: other, key: "M-1", value: profile(), headers: ["stampede_forwarded_from": "0@7"])
    try ingest.driver.run()
    #expect(deadLetters == ["wrong-partition"])
    #expect(records(in: own).isEmpty)
    #expect(records(in: other).last?.value == nil)
  }

  @Test(arguments: [false, true]) func profileUnderAnotherKeyIsADeadLetterAndGoesFromWhereItLies(liesRight: Bool) throws
  {
    defer { ingest.driver.close() }
    ingest.enrol("M-1", phone: "+84901234567")
    try ingest.driver.run()
    let partition = liesRight ? own : other
    ingest.driver.publish(
      "loyalty.members", partition: partition, key: "M-1", value: profile("M-2", phone: "+84907654321"))
    try ingest.driver.run()
    #expect(deadLetters == ["wrong-key"])
    let last = try #require(records(in: partition).last)
    #expect(last.value == nil && headers(last) == ["stampede_cleared_by": "transaction-ingest"])
    // The member whose key it was is not forgotten for another's mistake.
    ingest.send(IngestFixture.purchase(member: #"{"phone":"0901234567"}"#))
    try ingest.driver.run()
    #expect(try ingest.transactions().map(\.memberId) == ["M-1"])
  }

  @Test func deletionThatLiesWrongReachesTheMember() throws {
    defer { ingest.driver.close() }
    ingest.enrol("M-1", phone: "+84901234567")
    try ingest.driver.run()
    #expect(ingest.liveRows("profiles").contains("M-1"))
    ingest.driver.publish("loyalty.members", partition: other, key: "M-1", value: nil)
    try ingest.driver.run()
    #expect(!ingest.liveRows("profiles").contains("M-1"))
    #expect(records(in: own).last?.value == nil)
    // Its own mark says that it has been sent on: it does not come back.
    #expect(records(in: own).count == 2 && records(in: other).count == 1)
    ingest.driver.publish(
      "loyalty.members", partition: other, key: "M-1", value: "", headers: ["stampede_forwarded_from": "0@7"])
    try ingest.driver.run()
    #expect(deadLetters == ["wrong-partition"])
  }

  @Test func profileOfAnErasedMemberIsNotSentOn() throws {
    defer { ingest.driver.close() }
    for partition in 0..<Int32(3) {
      let task = PrivacyTask(
        id: "E-1:\(partition)", kind: .erase, requestId: "E-1", memberId: "M-1", services: [.transactionIngest],
        occurredAt: Instant(rfc3339: "2026-02-01T00:00:00Z") ?? .epoch)
      var writer = JSONWriter()
      task.encode(to: &writer)
      ingest.driver.publish("privacy.tasks", partition: partition, key: "M-1", value: writer.string)
    }
    try ingest.driver.run()
    ingest.driver.publish("loyalty.members", partition: other, key: "M-1", value: profile())
    try ingest.driver.run()
    #expect(records(in: own).isEmpty)
    #expect(records(in: other).last?.value == nil && records(in: other).count == 2)
    // A new life is none that was erased.
    ingest.driver.publish(
      "loyalty.members", partition: other, key: "M-1", value: profile(at: "2026-03-01T00:00:00Z"))
    try ingest.driver.run()
    #expect(records(in: own).count == 1)
  }

  @Test func whatCannotBeReadOrIsTooLargeIsADeadLetter() throws {
    defer { ingest.driver.close() }
    ingest.driver.publish("loyalty.members", partition: other, key: "M-1", value: "{")
    let large = String(repeating: "x", count: 600_000)
    ingest.driver.publish("loyalty.members", partition: other, key: "M-1", value: profile(), headers: ["large": large])
    try ingest.driver.run()
    #expect(deadLetters == ["not-json", "wrong-partition"])
    #expect(records(in: own).isEmpty)
  }

  @Test func cycleThatIsDoneAgainSendsAStrayOnOnce() throws {
    defer { ingest.driver.close() }
    for number in 0..<30 {
      ingest.driver.publish(
        "loyalty.members", partition: Int32(number % 3), key: "M-\(number)", value: profile("M-\(number)"))
    }
    _ = try ingest.driver.step()
    ingest.driver.kill()
    try ingest.driver.start()
    try ingest.driver.run()
    var arrived: [String: Int] = [:]
    for partition in 0..<Int32(3) {
      for record in records(in: partition) where headers(record)["stampede_forwarded_from"] != nil {
        arrived[String(decoding: record.key ?? [], as: UTF8.self), default: 0] += 1
      }
    }
    #expect(!arrived.isEmpty && arrived.values.allSatisfy { $0 == 1 })
  }
}
