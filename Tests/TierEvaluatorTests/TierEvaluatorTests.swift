import Contracts
import JSON
import Loyalty
import StreamRuntime
import StreamTesting
import Testing
import TierEvaluator

@Suite struct TierEvaluatorTests {
  static let programme = """
    {"id":"journey","version":1,"effectiveFrom":"2017-01-01T00:00:00Z","name":"Journey","currencies":["USD"],
     "timeZone":"UTC","earning":[],
     "tiers":{"metric":"spend","window":{"kind":"rolling","months":12},"downgrade":"one-level",
      "levels":[{"id":"member","from":"0"},{"id":"silver","from":"300"},{"id":"gold","from":"1000"}]}}
    """

  /// The tier evaluator on an in-memory log.
  struct Evaluator {
    let driver: TopologyDriver

    init(programme: String = programme) throws {
      driver = try TopologyDriver(TierEvaluator.topology(storeRowsCached: 100))
      driver.publish(Topic.programs.name, key: "journey:1", value: programme)
    }

    func send(
      _ id: String, _ kind: Transaction.Kind, at instant: String, lines: [PurchaseLine] = [], member: String = "M-1"
    ) {
      let transaction = Transaction(
        id: id, source: "pos", kind: kind, memberId: member, occurredAt: time(instant), currency: usd, lines: lines)
      driver.publish(Topic.transactions.name, key: member, value: json { transaction.encode(to: &$0) })
    }

    func buy(_ id: String, _ amount: Int64, at instant: String, member: String = "M-1") {
      send(id, .purchase, at: instant, lines: [PurchaseLine(sku: "A", amount: amount * 100)], member: member)
    }

    func bringBack(_ id: String, of purchaseId: String, _ amount: Int64, at instant: String) {
      send(id, .returned(Return(purchaseId: purchaseId, refund: amount * 100)), at: instant)
    }

    func tick(to instant: String) {
      let tick = Command.clockTick(id: "tick", to: time(instant))
      driver.publish(Topic.commands.name, partition: 0, key: nil, value: json { tick.encode(to: &$0) })
    }

    /// `member level since` of each change.
    func changes() throws -> [String] {
      try driver.outputs(Topic.tiers.name).compactMap(\.value).map { text in
        let change = try Array(text.utf8).withUnsafeBytes { try TierChange(decoding: $0) }
        return "\(change.memberId) \(change.level) \(change.since.rfc3339)"
      }
    }
  }

  @Test func aMemberClimbsAndFallsAsSpendComesAndLeaves() throws {
    let evaluator = try Evaluator()
    defer { evaluator.driver.close() }
    evaluator.buy("A", 299, at: "2017-01-02")
    evaluator.buy("A", 299, at: "2017-01-02")
    evaluator.buy("B", 1, at: "2017-01-03")
    evaluator.buy("C", 800, at: "2017-02-03")
    try evaluator.driver.run()
    #expect(try evaluator.changes() == ["M-1 silver 2017-01-03T12:00:00.001Z", "M-1 gold 2017-02-03T12:00:00.001Z"])
    let output = try #require(evaluator.driver.outputs(Topic.tiers.name).first)
    #expect(output.key == "M-1\u{1F}journey" && output.headers["ce_type"] == "tier.changed")
    try evaluator.driver.restart(losingDisk: true)
    evaluator.tick(to: "2018-02-02")
    try evaluator.driver.run()
    #expect(try evaluator.changes().last == "M-1 silver 2018-01-02T00:00:00Z")
    evaluator.tick(to: "2018-12-31")
    try evaluator.driver.run()
    #expect(try evaluator.changes().last == "M-1 member 2018-02-03T00:00:00Z")
  }

  @Test func anotherMembersEventsDoNotMoveAMembersTime() throws {
    let evaluator = try Evaluator()
    defer { evaluator.driver.close() }
    evaluator.buy("A", 300, at: "2017-01-02")
    evaluator.buy("B", 1, at: "2019-01-02", member: "M-2")
    try evaluator.driver.run()
    #expect(try evaluator.changes().count == 1)
    evaluator.buy("C", 1, at: "2018-06-02")
    try evaluator.driver.run()
    #expect(try evaluator.changes().last == "M-1 member 2018-01-02T00:00:00Z")
  }

  @Test func returnsLowerTheMetricOnceAndMayComeBeforeTheirPurchase() throws {
    let evaluator = try Evaluator()
    defer { evaluator.driver.close() }
    evaluator.bringBack("R", of: "A", 100, at: "2017-01-03")
    try evaluator.driver.run()
    try evaluator.driver.restart(losingDisk: true)
    evaluator.bringBack("R", of: "A", 100, at: "2017-01-03")
    evaluator.buy("A", 200, at: "2017-01-02")
    evaluator.bringBack("R", of: "A", 100, at: "2017-01-03")
    evaluator.buy("B", 199, at: "2017-01-04")
    try evaluator.driver.run()
    #expect(try evaluator.changes().isEmpty)
    evaluator.buy("C", 1, at: "2017-01-05")
    try evaluator.driver.run()
    #expect(try evaluator.changes() == ["M-1 silver 2017-01-05T12:00:00.001Z"])
  }

  @Test func aReturnThatWaitedInVainIsDropped() throws {
    let evaluator = try Evaluator()
    defer { evaluator.driver.close() }
    evaluator.bringBack("R", of: "A", 100, at: "2017-01-03")
    try evaluator.driver.run()
    #expect(evaluator.driver.disk.rows(partition: 0, table: 1).count == 1)
    evaluator.tick(to: "2017-02-02")
    try evaluator.driver.run()
    #expect(evaluator.driver.disk.rows(partition: 0, table: 1).isEmpty)
  }

  @Test func erasureForgetsAndReports() throws {
    let evaluator = try Evaluator()
    defer { evaluator.driver.close() }
    evaluator.buy("A", 300, at: "2017-01-02")
    evaluator.buy("B", 1, at: "2017-01-02", member: "M-10")
    let task = PrivacyTask(
      id: "E:erase", kind: .erase, requestId: "E", memberId: "M-1", services: [.tierEvaluator],
      occurredAt: time("2017-06-01"))
    evaluator.driver.publish(Topic.privacyTasks.name, key: "M-1", value: json { task.encode(to: &$0) })
    try evaluator.driver.run()
    let report = try #require(evaluator.driver.outputs(Topic.privacyReports.name).first?.value)
    let decoded = try Array(report.utf8).withUnsafeBytes { try PrivacyReport(decoding: $0) }
    #expect(decoded.rowsErased == 2 && decoded.service == .tierEvaluator)
    let tombstone = try #require(evaluator.driver.outputs(Topic.tiers.name).last)
    #expect(tombstone.key == "M-1\u{1F}journey" && tombstone.value == nil)
    #expect((0..<2).flatMap { evaluator.driver.disk.rows(partition: 0, table: $0) }.count == 2)
  }

  @Test func aProgrammeWithoutTiersIsLeftAloneAndWithdrawnTiersStopTheTimer() throws {
    let evaluator = try Evaluator()
    defer { evaluator.driver.close() }
    evaluator.buy("A", 300, at: "2017-01-02")
    try evaluator.driver.run()
    evaluator.driver.publish(Topic.programs.name, key: "journey:1", value: nil)
    try evaluator.driver.run()
    evaluator.tick(to: "2018-12-31")
    try evaluator.driver.run()
    #expect(try evaluator.changes().count == 1)
  }
}

let usd: Currency = {
  guard let currency = Currency.known("USD") else { preconditionFailure("the dollar is gone") }
  return currency
}()

func time(_ text: String) -> Instant {
  guard let instant = Instant(rfc3339: text.count == 10 ? text + "T12:00:00Z" : text) else {
    preconditionFailure("not an instant: \(text)")
  }
  return instant
}

func json(_ write: (inout JSONWriter) -> Void) -> String {
  var writer = JSONWriter()
  write(&writer)
  return writer.string
}
