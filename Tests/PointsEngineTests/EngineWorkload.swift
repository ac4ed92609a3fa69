import Contracts
import Loyalty
import PointsEngine
import StreamRuntime
import StreamTesting
import TestValues

/// Feeds the points engine a made-up year: purchases (some sent twice, some late), cancels, redemptions, adjustments,
/// transfers (some to a member whose account is closed), freezes and clock ticks; some commands lie in a partition
/// where their keys do not belong. The programme is published first, and the first purchase right after it.
final class EngineWorkload: SimulatedWorkload {
  let topology: Topology
  private let memberCount: Int
  private var nowMs = time("2017-02-01").milliseconds
  private var lastId = 0
  private var isProgrammePublished = false
  private var purchases: [SimulatedInput] = []
  /// What is owed: dollars by purchase, and every id that must be answered.
  private var dollars: [String: Int64] = [:]
  private var members: [String: String] = [:]
  private var cancelled: [String: String] = [:]
  private var commands: Set<String> = []
  /// Points by the id of the transfer that gives them.
  private var transfers: [String: Int64] = [:]

  /// A programme that lets members give points to each other.
  private static let programme = Engine.programme.replacing("\"tiers\"", with: "\"transfer\":{},\"tiers\"")
  /// The same with tiers that the engine itself judges.
  private static let pointsTiers = programme.replacing(
    "\"metric\":\"spend\"", with: "\"metric\":\"basePoints\",\"onReversal\":\"rejudge\""
  ).replacing("1000\",\"factor\":\"1.5\"", with: "100\"")
  private let judgesTiers: Bool
  private static let closedMember = "M-closed"

  init(_ random: SeededRandom) {
    memberCount = random.within(1...5)
    judgesTiers = random.chance(500)
    topology = PointsTopology.make(storeRowsCached: random.pick([2, 100]))
  }

  func nextInputs(_ random: SeededRandom) -> [SimulatedInput] {
    var inputs: [SimulatedInput] = []
    if !isProgrammePublished {
      isProgrammePublished = true
      let programme = judgesTiers ? Self.pointsTiers : Self.programme
      inputs.append(SimulatedInput(topic: Topic.programs.name, key: "journey", value: programme))
      lastId += 1
      inputs.append(command(Self.closedMember, .close, Instant(milliseconds: nowMs)))
    }
    inputs += (0..<random.within(1...4)).flatMap { _ in next(random) }
    return inputs.map { $0.topic == Topic.commands.name ? $0.perhapsAstray(random) : $0 }
  }

  func lastInputs(partitionCount: Int) -> [SimulatedInput] {
    nowMs += 40 * 86_400_000
    return (0..<Int32(partitionCount)).map { tick(partition: $0) }
  }

  private func next(_ random: SeededRandom) -> [SimulatedInput] {
    lastId += 1
    nowMs += Int64(random.within(0...2 * 86_400_000))
    let at = Instant(milliseconds: nowMs - (random.chance(200) ? Int64(random.below(20 * 86_400_000)) : 0))
    let member = "M-\(random.below(memberCount))"
    switch random.weighted([50, 10, 8, 14, 6, 14, 4, 10]) {
    case 0: return [buy(member, at, random)]
    case 1: return purchases.isEmpty ? [] : [random.pick(purchases)]
    case 2: return cancel(at, random)
    case 3: return [command(member, .redeem(points: Points(Int64(random.within(1...60))), reference: nil), at)]
    case 4: return [command(member, .adjust(points: Points(Int64(random.within(-20...40)) | 1)), at)]
    case 5: return [transfer(member, at, random)]
    case 6: return [command(member, random.chance(500) ? .freeze : .unfreeze, at)]
    default: return [tick(partition: -1)]
    }
  }

  private func transfer(_ member: String, _ at: Instant, _ random: SeededRandom) -> SimulatedInput {
    let recipient = random.chance(200) ? Self.closedMember : "M-\(random.below(memberCount))"
    let points = Int64(random.within(1...40))
    transfers["X-\(lastId)"] = points
    return command(member, .transfer(points: Points(points), to: recipient), at)
  }

  private func buy(_ member: String, _ at: Instant, _ random: SeededRandom) -> SimulatedInput {
    let id = "P-\(lastId)"
    let amount = Int64(random.within(1...90))
    dollars[id] = amount
    members[id] = member
    let input = send(
      Transaction(
        id: id, source: "pos", kind: .purchase, memberId: member, occurredAt: at, currency: usd,
        lines: [PurchaseLine(sku: "A", amount: amount * 100)], total: amount * 100))
    purchases.append(input)
    return input
  }

  private func cancel(_ at: Instant, _ random: SeededRandom) -> [SimulatedInput] {
    let open = dollars.keys.filter { cancelled[$0] == nil }.sorted()
    guard !open.isEmpty else { return [] }
    let purchase = random.pick(open)
    cancelled[purchase] = "C-\(lastId)"
    return [
      send(
        Transaction(
          id: "C-\(lastId)", source: "pos", kind: .cancelled(purchaseId: purchase), memberId: members[purchase] ?? "",
          occurredAt: at, currency: usd))
    ]
  }

  private func command(_ member: String, _ kind: MemberCommand.Kind, _ at: Instant) -> SimulatedInput {
    commands.insert("X-\(lastId)")
    let command = MemberCommand(
      id: "X-\(lastId)", kind: kind, memberId: member, programId: "journey", occurredAt: at, actor: "ann",
      reason: "sorry")
    return SimulatedInput(
      topic: Topic.commands.name, key: member, value: json { Command.member(command).encode(to: &$0) })
  }

  private func tick(partition: Int32) -> SimulatedInput {
    let tick = Command.clockTick(id: "T-\(lastId)", to: Instant(milliseconds: nowMs))
    return SimulatedInput(
      topic: Topic.commands.name, partition: partition, key: nil, value: json { tick.encode(to: &$0) })
  }

  private func send(_ transaction: Transaction) -> SimulatedInput {
    SimulatedInput(
      topic: Topic.transactions.name, key: transaction.memberId, value: json { transaction.encode(to: &$0) })
  }

  // MARK: The audit

  func problems(at end: SimulatedEnd) throws -> [String] {
    var audit = EngineAudit()
    for partition in 0..<Int32(end.partitionCount) {
      for (_, record) in end.records(Topic.ledger.name, partition) {
        audit.take(try (record.value ?? []).withUnsafeBytes { try LedgerEntry(decoding: $0) })
      }
      for (_, record) in end.records(Topic.accounts.name, partition) {
        audit.take(try (record.value ?? []).withUnsafeBytes { try AccountStatement(decoding: $0) })
      }
      for (_, record) in end.records(Topic.tiers.name, partition) {
        audit.take(try (record.value ?? []).withUnsafeBytes { try TierChange(decoding: $0) })
      }
      for (_, record) in end.records("points-engine.dead-letters", partition) {
        audit.found.append("a dead letter: \(String(decoding: record.value ?? [], as: UTF8.self))")
      }
    }
    // What the shop's aborted transactions held never happened.
    let happened = { (topic: Topic, id: String) in
      (0..<Int32(end.partitionCount)).contains { partition in
        end.records(topic.name, partition).contains {
          String(decoding: $0.record.value ?? [], as: UTF8.self).contains("\"id\":\"\(id)\"")
        }
      }
    }
    for (purchase, amount) in dollars where happened(.transactions, purchase) {
      let reversal = cancelled[purchase].flatMap { happened(.transactions, $0) ? $0 : nil }
      audit.check(purchase, earned: amount, cancelledBy: reversal)
    }
    for (transfer, points) in transfers where happened(.commands, transfer) {
      audit.checkTransfer(transfer, of: points)
    }
    for command in commands where transfers[command] == nil && happened(.commands, command) {
      audit.checkAnswered(command)
    }
    if judgesTiers { audit.checkTiers() }
    audit.finish()
    return audit.found.sorted()
  }
}

/// Follows the ledger of all members; knows nothing of how the engine works.
struct EngineAudit {
  var found: [String] = []
  private var ids: Set<String> = []
  private var books: [String: Book] = [:]
  private var statements: [String: AccountStatement] = [:]
  private var entriesByCause: [String: [LedgerEntry]] = [:]
  private var standings: [String: TierChange] = [:]
  /// Points by member that were earned and not returned; spent or expired they count still.
  private var kept: [String: Int64] = [:]

  private struct Book {
    var sequence: Int64 = 0
    var totals: [LedgerAccount: Int64] = [:]
  }

  mutating func take(_ entry: LedgerEntry) {
    var book = books[entry.memberId, default: Book()]
    if !ids.insert("\(entry.memberId) \(entry.id)").inserted { found.append("entry \(entry.id) stands twice") }
    if entry.sequence != book.sequence + 1 {
      found.append("\(entry.memberId): sequence number \(entry.sequence) after \(book.sequence)")
    }
    book.sequence = entry.sequence
    if let debit = entry.debit, let credit = entry.credit {
      book.totals[debit, default: 0] -= entry.points.value
      book.totals[credit, default: 0] += entry.points.value
    }
    if book.totals[.memberPending, default: 0] != entry.balances.pending.value
      || book.totals[.memberAvailable, default: 0] != entry.balances.available.value
    {
      found.append("\(entry.memberId): the balances of entry \(entry.sequence) do not follow from the entries")
    }
    books[entry.memberId] = book
    entriesByCause[entry.cause, default: []].append(entry)
  }

  mutating func take(_ statement: AccountStatement) {
    if let before = statements[statement.memberId], before.sequence > statement.sequence {
      found.append("\(statement.memberId): statement \(statement.sequence) after \(before.sequence)")
    }
    statements[statement.memberId] = statement
  }

  mutating func take(_ change: TierChange) {
    let before = standings[change.memberId]?.level ?? "member"
    if change.previous != before {
      found.append("\(change.memberId): \(change.previous) → \(change.level), but the level was \(before)")
    }
    standings[change.memberId] = change
  }

  mutating func checkTiers() {
    for (member, points) in kept {
      let tier = statements[member]?.tier
      if tier?.metric != ExactDecimal(points) || tier?.level != (points >= 100 ? "gold" : "member") {
        let told = tier.map { "\($0.level) with \($0.metric.text)" } ?? "none"
        found.append("\(member): \(points) points were earned and not returned, and the statement's tier is \(told)")
      }
      let last = standings[member]?.level ?? "member"
      if last != tier?.level {
        found.append("\(member): loyalty.tiers ends with \(last), the statement says \(tier?.level ?? "none")")
      }
    }
  }

  mutating func check(_ purchase: String, earned: Int64, cancelledBy cancel: String?) {
    let entries = entriesByCause[purchase] ?? []
    let got = entries.filter { $0.type == .pointsEarned }.map(\.points.value)
    if got != [earned] { found.append("\(purchase) earned \(got), owed is \(earned)") }
    // A cancel that waited for its purchase too long is refused, in words.
    let effective = cancel.flatMap { entriesByCause[$0]?.map(\.type) == [.returnRefused] ? nil : $0 }
    if let member = entries.first?.memberId { kept[member, default: 0] += effective == nil ? earned : 0 }
    guard let cancel = effective else { return }
    let reversed = (entriesByCause[cancel] ?? []).filter { $0.type == .pointsReversed }
    let expired = entries.filter { $0.type == .pointsExpired }.reduce(0) { $0 + $1.points.value }
    let taken = reversed.reduce(0) { $0 + $1.points.value + $1.shortfall.value }
    if taken + expired < earned || taken > earned {
      found.append("\(cancel) took back \(taken) of \(earned) points, \(expired) had expired")
    }
  }

  mutating func checkAnswered(_ command: String) {
    // An account that is unfrozen has what is due released, and perhaps expired, by the same command.
    let answers = Set((entriesByCause[command] ?? []).map(\.type)).subtracting([.pointsReleased, .pointsExpired])
    if answers.count != 1 { found.append("command \(command) was answered \(answers.count) times") }
  }

  /// All that left has arrived or come back, in one piece.
  mutating func checkTransfer(_ id: String, of points: Int64) {
    var sums: [EntryType: Int64] = [:]
    for entry in entriesByCause[id] ?? [] { sums[entry.type, default: 0] += entry.points.value }
    switch sums {
    case [.transferRefused: 0], [.transferredOut: points, .transferredIn: points],
      [.transferredOut: points, .transferReturned: points]:
      break
    default:
      found.append("transfer \(id) of \(points) points: \(sums.map { "\($0.key.rawValue) \($0.value)" }.sorted())")
    }
  }

  mutating func finish() {
    let underWay = books.values.reduce(0) { $0 + $1.totals[.programTransfer, default: 0] }
    if underWay != 0 { found.append("\(underWay) points are under way for ever") }
    for (member, book) in books {
      if book.totals.values.reduce(0, +) != 0 { found.append("\(member): debits and credits differ") }
      if book.sequence != statements[member]?.sequence {
        found.append("\(member): the last statement is not that of entry \(book.sequence)")
      }
    }
  }
}
