import Contracts
import JSON
import Loyalty
import StreamRuntime
import StreamTesting
import TestValues
import TierEvaluator

/// A running tier evaluator on an in-memory log, with a programme published. Close it at the end.
final class EvaluatorFixture {
  let driver: TopologyDriver

  static let levels = #"[{"id":"member","from":"0"},{"id":"silver","from":"300"},{"id":"gold","from":"1000"}]"#

  /// A programme in New York whose tiers count dollars over rolling twelve months, with some of its text replaced.
  static func programme(
    id: String = "journey", version: Int = 1, from: String = "2017-01-01T00:00:00-05:00", levels: String = levels,
    waitDays: Int = 30
  ) -> String {
    """
    {"id":"\(id)","version":\(version),"effectiveFrom":"\(from)","name":"Journey","currencies":["USD"],\
    "timeZone":"America/New_York","earning":[],"returns":{"waitDays":\(waitDays)},\
    "tiers":{"metric":"spend","window":{"kind":"rolling","months":12},"downgrade":"one-level","levels":\(levels)}}
    """
  }

  init(
    programmes: [String] = [programme()], settings: TierSettings = TierSettings(), partitionCount: Int = 1,
    clock: ClockMode = .stream, batchRecordsMax: Int = 100, wallNow: String = "2017-01-01"
  ) throws {
    driver = try TopologyDriver(
      TierTopology.make(settings, tierRowsCached: 100), partitionCount: partitionCount, clock: clock,
      batchRecordsMax: batchRecordsMax, wallNowMs: time(wallNow).milliseconds)
    for (index, document) in programmes.enumerated() { publish(document, key: "p:\(index)") }
  }

  func publish(_ document: String?, key: String = "p:0") {
    driver.publish(Topic.programs.name, key: key, value: document)
  }

  func send(
    _ id: String, _ kind: Transaction.Kind, at instant: String, source: String = "pos", member: String = "M-1",
    lines: [PurchaseLine] = [], tax: Int64 = 0
  ) {
    let transaction = Transaction(
      id: id, source: source, kind: kind, memberId: member, occurredAt: time(instant), currency: usd, lines: lines,
      tax: tax, total: lines.reduce(tax) { $0 + $1.net })
    driver.publish(Topic.transactions.name, key: member, value: json { transaction.encode(to: &$0) })
  }

  func buy(_ id: String, _ dollars: Int64, at instant: String, source: String = "pos", member: String = "M-1") {
    let line = PurchaseLine(sku: "A", amount: dollars * 100)
    send(id, .purchase, at: instant, source: source, member: member, lines: [line])
  }

  func bringBack(_ id: String, of purchaseId: String, _ dollars: Int64, at instant: String, source: String = "pos") {
    send(id, .returned(Return(purchaseId: purchaseId, refund: dollars * 100)), at: instant, source: source)
  }

  func tick(to instant: String) {
    let tick = Command.clockTick(id: "tick", to: time(instant))
    for partition in 0..<Int32(driver.log.partitionCount) {
      driver.publish(Topic.commands.name, partition: partition, key: nil, value: json { tick.encode(to: &$0) })
    }
  }

  func erase(_ member: String, at instant: String = "2017-06-01") {
    let task = PrivacyTask(
      id: "E:members", kind: .erase, requestId: "E", memberId: member, services: [.pointsEngine, .tierEvaluator],
      occurredAt: time(instant))
    driver.publish(Topic.privacyTasks.name, key: member, value: json { task.encode(to: &$0) })
  }

  /// `member programme level since` of each change, in the order written.
  func changes() throws -> [String] {
    try told().filter { $0.reason != .progress }.map { change in
      "\(change.memberId) \(change.programId) \(change.level) \(change.since.rfc3339)"
    }
  }

  /// All that `loyalty.tiers` was told, progress included.
  func told() throws -> [TierChange] {
    try driver.values(of: Topic.tiers.name) { try TierChange(decoding: $0) }
  }

  /// The outputs that tell a change or erase a member.
  func changeOutputs() -> [TopologyDriver.Output] {
    driver.outputs(Topic.tiers.name).filter { $0.headers["ce_id"]?.hasSuffix(":progress") != true }
  }

  func reports() throws -> [PrivacyReport] {
    try driver.values(of: Topic.privacyReports.name) { try PrivacyReport(decoding: $0) }
  }

  /// Rows in the stores `tiers` and `purchases`.
  func rows() -> (tiers: Int, purchases: Int) {
    let counts = ["tiers", "purchases"].map { store in
      (0..<Int32(driver.log.partitionCount)).reduce(0) { $0 + driver.rows(of: store, partition: $1).count }
    }
    return (counts[0], counts[1])
  }

  func deadLetters() -> [TopologyDriver.Output] {
    driver.outputs(Topic.deadLetters(of: .tierEvaluator))
  }
}

extension String {
  func replacingWindow(_ window: String) -> String {
    let parts = split(separator: #"{"kind":"rolling","months":12}"#, omittingEmptySubsequences: false)
    precondition(parts.count == 2, "the programme has no rolling window")
    return parts.joined(separator: window)
  }
}
