import StreamRuntime

/// A small service with all that a real one has: a ledger with sequence numbers, lots that expire by timers, accounts
/// that are closed (tombstones), duplicates recognised by id or by number, poison, statements at a cycle's end.
///
/// Inputs. `events`, in order a member: `earn|id|time|amount|life`, `once|…` (the same, dropped if the id was seen),
/// `rated|…|rate` (the same, refused if that rate is not known yet), `close|id|time`; for a whole partition
/// `tick||time`. `adjustments`: `number|amount`, dropped if the number was seen. An adjustment commutes with events, so
/// how the two topics take turns does not matter. What lies where its key does not belong is sent on. Of `burst`,
/// `swell` and `nowhere|id|time` an output, a row and a partition do not fit; `throw` fails, and `trap` kills.
/// `sour|id|time` leaves a timer whose output does not fit, `mined` one that kills. Times in milliseconds. `rates`,
/// read whole by all: a number that grows. Outputs, beside the inputs: `ledger`:
/// `sequence|kind|cause|amount|balance`; `statements`: `sequence|balance`.
enum LedgerTopology {
  static let events = "events"
  static let adjustments = "adjustments"
  static let rates = "rates"
  static let mark: StaticString = "sent-on-from"
  static let ledger = "ledger"
  static let statements = "statements"
  static let accountStore = StoreDefinition<String, SimulatedAccount>("accounts")
  static let seenStore = StoreDefinition<String, LedgerMark>("seen")
  static let adjustedStore = StoreDefinition<String, LedgerMark>("adjusted")
  /// Bytes that a record of any output may have.
  static let outputBytesMax = 20_000
  /// An id is remembered that long beyond the life of its lot.
  static let seenForMs: Int64 = 3_000

  /// Without a cache, marks pass straight through their stores.
  static func topology(cacheRowsMax: Int, marksAreCached: Bool) -> Topology {
    Topology(
      service: "ledger", inputTopics: [events, adjustments],
      stores: [accountStore.caching(cacheRowsMax)]
        + [seenStore, adjustedStore].map { $0.caching(marksAreCached ? cacheRowsMax : 0) },
      globalTopics: [rates], outputTopics: [ledger, statements, events, adjustments],
      makeProcessor: { try LedgerProcessor($0) })
  }
}

struct LedgerLot: Equatable {
  var id: String
  var amount: Int64
  var dueMs: Int64
}

struct SimulatedAccount: StoreRow, Equatable {
  static let format: UInt8 = 1

  var sequence: Int64 = 0
  var balance: Int64 = 0
  var clockMs: Int64 = 0
  var lots: [LedgerLot] = []

  init() {}

  var dueMs: Int64? { lots.map(\.dueMs).min() }

  func encode(to row: RowEncoder) {
    row.int(sequence)
    row.int(balance)
    row.int(clockMs)
    row.list(lots) {
      row.string($0.id)
      row.int($0.amount)
      row.int($0.dueMs)
    }
  }

  init(from row: inout RowDecoder) throws {
    sequence = try row.int()
    balance = try row.int()
    clockMs = try row.int()
    lots = try row.list { LedgerLot(id: try $0.string(), amount: try $0.int(), dueMs: try $0.int()) }
  }
}

/// A number, and perhaps an instant at which it is forgotten.
struct LedgerMark: StoreRow {
  static let format: UInt8 = 1

  var number: Int64
  var dueMs: Int64?

  init(number: Int64, dueMs: Int64?) {
    self.number = number
    self.dueMs = dueMs
  }

  func encode(to row: RowEncoder) {
    row.int(number)
    row.optionalInt(dueMs)
  }

  init(from row: inout RowDecoder) throws {
    number = try row.int()
    dueMs = try row.optionalInt()
  }
}

/// What a process dies of where a real one would trap.
struct MinedTimer: Error {}

final class LedgerProcessor: Processor {
  private let context: ProcessorContext
  private let accounts: Store<String, SimulatedAccount>
  private let seen: Store<String, LedgerMark>
  private let adjusted: Store<String, LedgerMark>
  private var touched: [String] = []

  init(_ context: ProcessorContext) throws {
    self.context = context
    accounts = try context.store(LedgerTopology.accountStore)
    seen = try context.store(LedgerTopology.seenStore)
    adjusted = try context.store(LedgerTopology.adjustedStore)
  }

  func process(_ record: InputRecord) throws {
    let text = record.value.map { String(decoding: $0, as: UTF8.self) } ?? ""
    let fields = text.split(separator: "|", omittingEmptySubsequences: false).map(String.init)
    let member = record.key.map { String(decoding: $0, as: UTF8.self) } ?? ""
    if let own = context.partitionElsewhere(of: record) {
      let topic = record.topic == 1 ? LedgerTopology.adjustments : LedgerTopology.events
      return context.forward(record, to: own, output: context.output(topic), mark: LedgerTopology.mark)
    }
    if record.topic == 1 { return try adjust(member, fields) }
    switch (fields.first ?? "", fields.count > 2 ? Int64(fields[2]) : nil) {
    case ("tick", let time?): context.clock.advance(to: time)
    case ("close", let time?): try close(member, id: fields[1], at: time)
    case ("earn", let time?): try earn(member, fields, at: time)
    case ("once", let time?):
      guard try seen.get(fields[1]) == nil else { return }
      try earn(member, fields, at: time)
      let life = Int64(fields[4]) ?? 0
      let dueMs = max(time, context.clock.nowMs) + life + LedgerTopology.seenForMs
      try seen.put(fields[1], LedgerMark(number: 1, dueMs: dueMs))
    case ("rated", let time?):
      guard fields.count == 6, let rate = Int64(fields[5]), rate <= knownRate() else {
        throw PoisonRecord(code: "rate", "the rate of the event is not known")
      }
      try earn(member, Array(fields.dropLast()), at: time)
    case ("sour", let time?): try seen.put("sour/" + fields[1], LedgerMark(number: Self.sour, dueMs: time))
    case ("mined", let time?): try seen.put("mined/" + fields[1], LedgerMark(number: Self.mined, dueMs: time))
    case ("burst", let time?), ("swell", let time?), ("nowhere", let time?), ("trap", let time?), ("throw", let time?):
      try harm(member, fields, at: time)
    default: throw PoisonRecord(code: "unknown", "the event is of no known kind")
    }
  }

  /// Books as any event does, and then something that cannot stay.
  private func harm(_ member: String, _ fields: [String], at time: Int64) throws {
    try earn(member, ["earn", fields[1], "\(time)", "1", "0"], at: time)
    let large = String(repeating: "x", count: LedgerTopology.outputBytesMax)
    switch fields[0] {
    case "burst": emit(0, member, large)
    case "nowhere": context.outbox.send(topic: 0, partition: 99, key: nil, value: nil)
    case "throw": throw UnforeseenError()
    case "swell":
      // A row of its own: what the cycle does after it cannot make it fit again.
      var account = SimulatedAccount()
      account.lots.append(LedgerLot(id: large, amount: 1, dueMs: .max))
      try accounts.put("swollen/" + fields[1], account)
    default: break
    }
  }

  private struct UnforeseenError: Error {}

  /// Numbers of marks whose timers harm.
  private static let sour: Int64 = -1
  private static let mined: Int64 = -2

  private func knownRate() -> Int64 {
    var known: Int64 = 0
    context.global(LedgerTopology.rates).forEachChange { _, value in
      if let value { known = max(known, Int64(String(decoding: value, as: UTF8.self)) ?? 0) }
    }
    return known
  }

  private func earn(_ member: String, _ fields: [String], at time: Int64) throws {
    guard fields.count == 5, let amount = Int64(fields[3]), let life = Int64(fields[4]) else {
      throw PoisonRecord(code: "fields", "a field is missing or no number")
    }
    var account = try accounts.take(member) ?? SimulatedAccount()
    account.clockMs = max(account.clockMs, time, context.clock.nowMs)
    settle(member, &account, upTo: account.clockMs)
    account.lots.append(LedgerLot(id: fields[1], amount: amount, dueMs: time + life))
    book(member, &account, "earn", fields[1], amount)
    settle(member, &account, upTo: account.clockMs)
    try accounts.put(member, account)
  }

  private func close(_ member: String, id: String, at time: Int64) throws {
    var account = try accounts.get(member) ?? SimulatedAccount()
    settle(member, &account, upTo: max(account.clockMs, time, context.clock.nowMs))
    book(member, &account, "close", id, -account.balance)
    try accounts.remove(member)
  }

  private func adjust(_ member: String, _ fields: [String]) throws {
    guard fields.count == 2, let number = Int64(fields[0]), let amount = Int64(fields[1]) else {
      throw PoisonRecord(code: "fields", "a field is missing or no number")
    }
    guard try adjusted.get(member)?.number ?? 0 < number else { return }
    try adjusted.put(member, LedgerMark(number: number, dueMs: nil))
    var account = try accounts.get(member) ?? SimulatedAccount()
    book(member, &account, "adjust", fields[0], amount)
    try accounts.put(member, account)
  }

  func runTimers(upToMs nowMs: Int64, limit: Int) throws -> Int {
    let due = try accounts.due(upToMs: nowMs, limit: limit)
    for (member, row) in due {
      var account = row
      settle(member, &account, upTo: nowMs)
      try accounts.put(member, account)
    }
    guard due.count < limit else { return due.count }
    let forgotten = try seen.due(upToMs: nowMs, limit: limit - due.count)
    for (id, mark) in forgotten {
      if mark.number == Self.mined { throw MinedTimer() }
      if mark.number == Self.sour { emit(0, id, String(repeating: "x", count: LedgerTopology.outputBytesMax)) }
      try seen.remove(id)
    }
    return due.count + forgotten.count
  }

  func cycleEnding() throws {
    for member in touched {
      let account = try accounts.get(member)
      emit(1, member, account.map { "\($0.sequence)|\($0.balance)" })
    }
    touched = []
  }

  private func settle(_ member: String, _ account: inout SimulatedAccount, upTo now: Int64) {
    let gone = account.lots.filter { $0.dueMs <= now }.sorted { ($0.dueMs, $0.id) < ($1.dueMs, $1.id) }
    account.lots.removeAll { $0.dueMs <= now }
    for lot in gone { book(member, &account, "expire", lot.id, -lot.amount) }
  }

  private func book(
    _ member: String, _ account: inout SimulatedAccount, _ kind: String, _ cause: String, _ amount: Int64
  ) {
    account.sequence += 1
    account.balance += amount
    emit(0, member, "\(account.sequence)|\(kind)|\(cause)|\(amount)|\(account.balance)")
    if !touched.contains(member) { touched.append(member) }
  }

  private func emit(_ topic: Int, _ member: String, _ value: String?) {
    Array(member.utf8).withUnsafeBytes { key in
      guard let value else { return context.outbox.send(topic: topic, key: key, value: nil) }
      Array(value.utf8).withUnsafeBytes { context.outbox.send(topic: topic, key: key, value: $0) }
    }
  }
}
