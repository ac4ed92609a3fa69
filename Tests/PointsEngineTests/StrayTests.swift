import Contracts
import Loyalty
import StreamTesting
import TestValues
import Testing

/// Commands, activities and profiles that lie in a partition where their keys do not belong.
@Suite(.timeLimit(.minutes(10))) struct StrayTests {
  private static let programme = Engine.programme.replacing(
    "\"earning\":[",
    with: "\"earning\":[{\"id\":\"review\",\"kind\":\"activity\",\"activity\":\"review.written\",\"points\":5},")
  private let engine: Engine
  private let own: Int32
  private let other: Int32

  init() throws {
    engine = try Engine(programmes: [Self.programme], partitionCount: 3)
    own = engine.driver.log.partition(of: Array("M-1".utf8))
    other = (own + 1) % 3
  }

  private func adjust(
    _ id: String, _ points: Points, key: String? = "M-1", partition: Int32, headers: [String: String] = [:]
  ) {
    let command = MemberCommand(
      id: id, kind: .adjust(points: points), memberId: "M-1", occurredAt: time("2017-02-01"), actor: "ann",
      reason: "sorry")
    engine.driver.publish(
      Topic.commands.name, partition: partition, key: key, value: json { Command.member(command).encode(to: &$0) },
      headers: headers)
  }

  private var deadLetters: [String?] {
    engine.driver.outputs("points-engine.dead-letters").map { $0.headers["dl_error"] }
  }

  @Test func commandIsBookedOnceOnTheMembersOwnAccount() throws {
    defer { engine.driver.close() }
    adjust("A-1", 100, partition: own)
    adjust("A-2", 10, partition: other)
    adjust("A-2", 10, partition: (own + 2) % 3)
    try engine.run()
    #expect(try engine.ledger(of: "M-1").sorted() == ["points.adjusted 10", "points.adjusted 100"])
    #expect(try engine.entries().map(\.sequence).sorted() == [1, 2])
    #expect(try engine.account()?.balances.available == 110)
    #expect(deadLetters.isEmpty)
  }

  @Test func activityIsBookedOnTheMembersOwnAccount() throws {
    defer { engine.driver.close() }
    let activity = """
      {"type":"activity","id":"R","memberId":"M-1","occurredAt":"2017-01-03T12:00:00Z","source":"crm",
       "activity":"review.written"}
      """
    engine.driver.publish(Topic.activities.name, partition: other, key: "M-1", value: activity)
    engine.buy("P", 20, at: "2017-01-04")
    try engine.run()
    #expect(try engine.entries().map(\.sequence).sorted() == [1, 2])
    #expect(try engine.account()?.balances.pending == 25)
  }

  @Test func keyThatIsNotTheMembersIsADeadLetterWhereverItLies() throws {
    defer { engine.driver.close() }
    adjust("A-1", 100, key: "M-2", partition: engine.driver.log.partition(of: Array("M-2".utf8)))
    adjust("A-2", 100, key: "M-2", partition: (engine.driver.log.partition(of: Array("M-2".utf8)) + 1) % 3)
    adjust("A-3", 100, key: nil, partition: other)
    adjust("A-4", 100, partition: other, headers: ["stampede_forwarded_from": "2@1"])
    try engine.run()
    #expect(deadLetters.compactMap { $0 }.sorted() == ["wrong-key", "wrong-key", "wrong-key", "wrong-partition"])
    #expect(try engine.entries().isEmpty)
  }

  @Test func ticksAreForThePartitionThatTheyLieInWhateverTheirKey() throws {
    defer { engine.driver.close() }
    engine.buy("P", 20, at: "2017-01-04")
    let tick = json { Command.clockTick(id: "tick", to: time("2017-03-01")).encode(to: &$0) }
    for partition in 0..<Int32(3) {
      engine.driver.publish(Topic.commands.name, partition: partition, key: "tick", value: tick)
    }
    try engine.run()
    #expect(try engine.ledger() == ["points.earned 20", "points.released 20"])
    #expect(!engine.driver.metrics.exposition().contains("records_forwarded_total{"))
  }

  /// Ingest sends profiles on. What an earlier release kept where one lay goes with the tombstone that follows.
  @Test func profilesThatLieWrongArePassedOverAndClearedRowsGo() throws {
    defer { engine.driver.close() }
    let profile = #"{"type":"member.profile","id":"M-1","occurredAt":"2017-01-01T00:00:00Z","locale":"vi"}"#
    engine.driver.publish(Topic.members.name, partition: other, key: "M-1", value: profile)
    try engine.run()
    #expect(engine.driver.rows(of: "traits", partition: other).isEmpty && deadLetters.isEmpty)
    #expect(engine.driver.outputs(Topic.members.name).count == 1)
    engine.driver.publish(Topic.members.name, key: "M-1", value: profile)
    engine.driver.publish(
      Topic.members.name, partition: other, key: "M-1", value: nil,
      headers: ["stampede_cleared_by": "transaction-ingest"])
    try engine.run()
    #expect(engine.driver.rows(of: "traits", partition: own).count == 1)
    // A tombstone that clears says nothing of the member where the key belongs.
    engine.driver.publish(
      Topic.members.name, key: "M-1", value: nil, headers: ["stampede_cleared_by": "transaction-ingest"])
    try engine.run()
    #expect(engine.driver.rows(of: "traits", partition: own).count == 1)
    engine.driver.publish(Topic.members.name, key: "M-1", value: "")
    try engine.run()
    #expect(engine.driver.rows(of: "traits", partition: own).isEmpty)
  }
}
