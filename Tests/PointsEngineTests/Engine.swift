import Contracts
import JSON
import Loyalty
import PointsEngine
import StreamRuntime
import StreamTesting
import TestValues

/// The points engine on an in-memory log, with a programme of one point per dollar, 14 days pending, 6 months of life.
struct Engine {
  static let programme = """
    {"id":"journey","version":1,"effectiveFrom":"2017-01-01T00:00:00Z","name":"Journey","currencies":["USD"],
     "timeZone":"UTC","earning":[{"id":"base","kind":"spend","points":1,"per":"1.00"}],
     "pending":{"days":14},"expiry":{"kind":"months","months":6},
     "tiers":{"metric":"spend","window":{"kind":"lifetime"},
      "levels":[{"id":"member","from":"0"},{"id":"gold","from":"1000","factor":"1.5"}]}}
    """

  let driver: TopologyDriver

  init(
    programmes: [String] = [programme], settings: PointsSettings = PointsSettings(), partitionCount: Int = 1,
    clock: ClockMode = .stream, wallNow: String? = nil
  ) throws {
    driver = try TopologyDriver(
      PointsTopology.make(settings, storeRowsCached: 100), partitionCount: partitionCount, clock: clock,
      wallNowMs: wallNow.map { time($0).milliseconds } ?? 0)
    for (index, programme) in programmes.enumerated() {
      driver.publish(Topic.programs.name, key: "\(index)", value: programme)
    }
  }

  func send(_ transaction: Transaction) {
    driver.publish(Topic.transactions.name, key: transaction.memberId, value: json { transaction.encode(to: &$0) })
  }

  func buy(_ id: String, _ amount: Int64, at instant: String, member: String = "M-1", source: String = "pos") {
    send(
      Transaction(
        id: id, source: source, kind: .purchase, memberId: member, occurredAt: time(instant), currency: usd,
        lines: [PurchaseLine(sku: "A", amount: amount * 100)], total: amount * 100))
  }

  func bringBack(_ id: String, of purchaseId: String, _ amount: Int64, at instant: String, source: String = "pos") {
    send(
      Transaction(
        id: id, source: source, kind: .returned(Return(purchaseId: purchaseId, refund: amount * 100)),
        memberId: "M-1", occurredAt: time(instant), currency: usd))
  }

  func command(
    _ id: String, _ kind: MemberCommand.Kind, at instant: String, program: String? = nil, member: String = "M-1"
  ) {
    let command = MemberCommand(
      id: id, kind: kind, memberId: member, programId: program, occurredAt: time(instant), actor: "ann", reason: "sorry"
    )
    driver.publish(Topic.commands.name, key: member, value: json { Command.member(command).encode(to: &$0) })
  }

  func tick(to instant: String) {
    let tick = Command.clockTick(id: "tick", to: time(instant))
    for partition in 0..<driver.log.partitionCount {
      driver.publish(
        Topic.commands.name, partition: Int32(partition), key: nil, value: json { tick.encode(to: &$0) })
    }
  }

  func reach(_ level: String, since: String, member: String = "M-1") {
    let change = TierChange(
      memberId: member, programId: "journey", level: level, previous: "member", since: time(since), until: nil,
      reason: .upgrade, metric: .zero, cause: "P")
    driver.publish(Topic.tiers.name, key: member, value: json { change.encode(to: &$0) })
  }

  func erase(_ member: String, request: String = "E-1") {
    let task = PrivacyTask(
      id: request + ":erase", kind: .erase, requestId: request, memberId: member,
      services: [.pointsEngine, .tierEvaluator], occurredAt: time("2017-06-01"))
    driver.publish(Topic.privacyTasks.name, key: member, value: json { task.encode(to: &$0) })
  }

  func run() throws { try driver.run() }

  /// `type points` of each ledger entry, with its reason where it has one.
  func ledger(of member: String? = nil) throws -> [String] {
    try entries().filter { member == nil || $0.memberId == member }.map { entry in
      let reason = entry.type.traits.isRefusal ? " \(entry.reason ?? "")" : ""
      return "\(entry.type.rawValue) \(entry.points.value)\(reason)"
    }
  }

  func entries() throws -> [LedgerEntry] {
    try driver.outputs(Topic.ledger.name).map { output in
      try bytes(output.value ?? "") { try LedgerEntry(decoding: $0) }
    }
  }

  /// The last statement of a member; nil after a tombstone.
  func account(_ member: String = "M-1", _ program: String = "journey") throws -> AccountStatement? {
    let key = RecordKey.memberProgram(member, program)
    guard let last = driver.outputs(Topic.accounts.name).last(where: { $0.key == key })?.value else { return nil }
    return try bytes(last) { try AccountStatement(decoding: $0) }
  }

  func purchaseRows() -> Int { driver.rows(of: "purchases").count }

  func commandRows() -> Int { driver.rows(of: "commands").count }

  /// Rows that name a member.
  func rowCount() -> Int {
    (0..<driver.log.partitionCount).reduce(0) { sum, partition in
      sum
        + ["accounts", "purchases", "commands"].reduce(0) {
          $0 + driver.rows(of: $1, partition: Int32(partition)).count
        }
    }
  }
}
