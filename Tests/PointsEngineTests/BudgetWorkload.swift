import Contracts
import Loyalty
import PointsEngine
import StreamRuntime
import StreamTesting
import TestValues

/// Feeds the points engine purchases that a campaign pays for, some sent twice, some cancelled, until its budget may or
/// may not be used up.
final class BudgetWorkload: SimulatedWorkload {
  let topology: Topology
  private let memberCount: Int
  private let budget: Int64
  private let hasCancels: Bool
  private var nowMs = time("2017-02-01").milliseconds
  private var lastId = 0
  private var isProgrammePublished = false
  private var purchases: [SimulatedInput] = []
  private var dollars: [String: Int64] = [:]
  private var members: [String: String] = [:]
  private var cancelled: Set<String> = []

  init(_ random: SeededRandom) {
    memberCount = random.within(1...8)
    budget = Int64(random.pick([0, 40, 400, 2_000, 20_000]))
    hasCancels = random.chance(300)
    topology = PointsTopology.make(storeRowsCached: random.pick([2, 100]))
  }

  private var programme: String {
    """
    {"id":"journey","version":1,"effectiveFrom":"2017-01-01T00:00:00Z","name":"Journey","currencies":["USD"],
     "timeZone":"UTC","earning":[{"id":"base","kind":"spend","points":1,"per":"1.00"},
     {"id":"spring","kind":"spend","points":3,"per":"1.00","campaign":"spring"}],
     "campaigns":[{"id":"spring","budget":\(budget)}]}
    """
  }

  func nextInputs(_ random: SeededRandom) -> [SimulatedInput] {
    var inputs: [SimulatedInput] = []
    if !isProgrammePublished {
      isProgrammePublished = true
      inputs.append(SimulatedInput(topic: Topic.programs.name, key: "journey", value: programme))
    }
    return inputs + (0..<random.within(1...4)).flatMap { _ in next(random) }
  }

  func lastInputs(partitionCount: Int) -> [SimulatedInput] {
    // Every partition has something to do, so that one that hangs is seen.
    (0..<Int32(partitionCount)).map { partition in
      let tick = Command.clockTick(id: "T-\(partition)", to: Instant(milliseconds: nowMs))
      return SimulatedInput(
        topic: Topic.commands.name, partition: partition, key: nil, value: json { tick.encode(to: &$0) })
    }
  }

  private func next(_ random: SeededRandom) -> [SimulatedInput] {
    lastId += 1
    nowMs += Int64(random.within(0...86_400_000))
    switch random.weighted([70, 12, hasCancels ? 10 : 0]) {
    case 0: return [buy("M-\(random.below(memberCount))", random)]
    case 1: return purchases.isEmpty ? [] : [random.pick(purchases)]
    default: return cancel(random)
    }
  }

  private func buy(_ member: String, _ random: SeededRandom) -> SimulatedInput {
    let id = "P-\(lastId)"
    let amount = Int64(random.within(1...40))
    dollars[id] = amount
    members[id] = member
    let input = send(
      Transaction(
        id: id, source: "pos", kind: .purchase, memberId: member, occurredAt: Instant(milliseconds: nowMs),
        currency: usd, lines: [PurchaseLine(sku: "A", amount: amount * 100)], total: amount * 100))
    purchases.append(input)
    return input
  }

  private func cancel(_ random: SeededRandom) -> [SimulatedInput] {
    let open = dollars.keys.filter { !cancelled.contains($0) }.sorted()
    guard !open.isEmpty else { return [] }
    let purchase = random.pick(open)
    cancelled.insert(purchase)
    return [
      send(
        Transaction(
          id: "C-\(lastId)", source: "pos", kind: .cancelled(purchaseId: purchase), memberId: members[purchase] ?? "",
          occurredAt: Instant(milliseconds: nowMs), currency: usd))
    ]
  }

  private func send(_ transaction: Transaction) -> SimulatedInput {
    SimulatedInput(
      topic: Topic.transactions.name, key: transaction.memberId, value: json { transaction.encode(to: &$0) })
  }

  // MARK: The audit

  func problems(at end: SimulatedEnd) throws -> [String] {
    var audit = EngineAudit()
    var found: [String] = []
    var granted: [Int32: Int64] = [:]
    var ids: Set<String> = []
    var given: [String: Int64] = [:]
    var givenBy: [Int32: Int64] = [:]
    var partitions: [String: Int32] = [:]
    for partition in 0..<Int32(end.partitionCount) {
      for (_, record) in end.records(Topic.budgets.name, partition) {
        let message = try (record.value ?? []).withUnsafeBytes { try BudgetMessage(decoding: $0) }
        if !ids.insert(message.id).inserted { found.append("\(message.id) stands twice") }
        guard case .grant(let grant) = message else { continue }
        if grant.partition != partition { found.append("\(message.id) lies in partition \(partition)") }
        granted[partition, default: 0] += grant.points.value
      }
      for (_, record) in end.records(Topic.ledger.name, partition) {
        let entry = try (record.value ?? []).withUnsafeBytes { try LedgerEntry(decoding: $0) }
        audit.take(entry)
        partitions[entry.cause] = partition
        guard entry.rule == "spring" else { continue }
        given[entry.cause, default: 0] += entry.points.value
        givenBy[partition, default: 0] += entry.points.value
      }
      for (_, record) in end.records(Topic.accounts.name, partition) {
        audit.take(try (record.value ?? []).withUnsafeBytes { try AccountStatement(decoding: $0) })
      }
      for (_, record) in end.records("points-engine.dead-letters", partition) {
        found.append("a dead letter: \(String(decoding: record.value ?? [], as: UTF8.self))")
      }
    }
    audit.finish()
    found += audit.found
    let grantedInAll = granted.values.reduce(0, +)
    if grantedInAll > budget { found.append("\(grantedInAll) points are granted of a budget of \(budget)") }
    for (partition, points) in givenBy where points > granted[partition, default: 0] {
      found.append("partition \(partition) gave \(points) points of \(granted[partition, default: 0])")
    }
    var cappedPartitions: Set<Int32> = []
    for (purchase, partition) in partitions {
      guard let owed = dollars[purchase].map({ $0 * 3 }) else { continue }
      let points = given[purchase, default: 0]
      if points > owed { found.append("\(purchase) was given \(points), owed is \(owed)") }
      guard points < owed, !cancelled.contains(purchase) else { continue }
      cappedPartitions.insert(partition)
      if grantedInAll != budget {
        found.append("\(purchase) was given \(points) of \(owed), though \(budget - grantedInAll) points remain")
      }
    }
    for partition in cappedPartitions where givenBy[partition, default: 0] != granted[partition, default: 0] {
      found.append("partition \(partition) keeps points that it owes")
    }
    let stranded = grantedInAll - givenBy.values.reduce(0, +)
    if !hasCancels, stranded * 16 > budget * 3 { found.append("\(stranded) points of \(budget) are stranded") }
    return found.sorted()
  }
}
