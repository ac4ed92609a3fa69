/// What ``LedgerTopology`` owes for the input of one partition, worked out record by record without the runtime.
struct LedgerModel {
  /// One movement that must stand in the ledger; the amount of a close is whatever the balance was.
  struct Effect: Equatable, CustomStringConvertible {
    var kind: String
    var cause: String
    var amount: Int64?

    var description: String { "\(kind) \(cause) \(amount.map(String.init) ?? "all")" }
  }

  struct Account {
    var clockMs: Int64 = 0
    var lots: [LedgerLot] = []
  }

  /// Effects of events, in order, by member.
  private(set) var effects: [String: [Effect]] = [:]
  private(set) var adjustments: [String: [Effect]] = [:]
  private(set) var accounts: [String: Account] = [:]
  private(set) var seen: [String: Int64] = [:]
  private(set) var adjusted: [String: Int64] = [:]
  /// Marks whose timers harm: put off, they stay.
  private(set) var spoilt: [String: Int64] = [:]
  private(set) var streamTimeMs: Int64 = 0
  /// `topic@offset` of each record that is poison.
  private(set) var poison: [String] = []

  mutating func takeEvent(_ member: String, _ value: String, offset: Int64) {
    let fields = value.split(separator: "|", omittingEmptySubsequences: false).map(String.init)
    let numbers = fields.dropFirst(2).map { Int64($0) }
    switch (fields[0], numbers.count) {
    case ("tick", 1): tick(numbers[0] ?? 0)
    case ("close", 1):
      settle(member, at: numbers[0] ?? 0)
      effects[member, default: []].append(Effect(kind: "close", cause: fields[1], amount: nil))
      accounts[member] = nil
    case ("earn", 3), ("rated", 4): earn(member, fields[1], numbers.map { $0 ?? 0 })
    case ("once", 3):
      guard seen[fields[1]] == nil else { return }
      earn(member, fields[1], numbers.map { $0 ?? 0 })
      seen[fields[1]] = max(numbers[0] ?? 0, streamTimeMs) + (numbers[2] ?? 0) + LedgerTopology.seenForMs
    case ("sour", 1), ("mined", 1): spoilt["\(fields[0])/\(fields[1])"] = numbers[0] ?? 0
    default: poison.append("\(LedgerTopology.events)@\(offset)")
    }
  }

  mutating func takeAdjustment(_ member: String, _ value: String) {
    let numbers = value.split(separator: "|").map { Int64($0) ?? 0 }
    guard adjusted[member, default: 0] < numbers[0] else { return }
    adjusted[member] = numbers[0]
    adjustments[member, default: []].append(Effect(kind: "adjust", cause: "\(numbers[0])", amount: numbers[1]))
  }

  private mutating func earn(_ member: String, _ id: String, _ numbers: [Int64]) {
    settle(member, at: numbers[0])
    effects[member, default: []].append(Effect(kind: "earn", cause: id, amount: numbers[1]))
    accounts[member]?.lots.append(LedgerLot(id: id, amount: numbers[1], dueMs: numbers[0] + numbers[2]))
    settle(member, at: numbers[0])
  }

  private mutating func tick(_ time: Int64) {
    streamTimeMs = max(streamTimeMs, time)
    for member in accounts.keys { expire(member, upTo: streamTimeMs) }
    seen = seen.filter { $0.value > streamTimeMs }
  }

  private mutating func settle(_ member: String, at time: Int64) {
    let clockMs = max(accounts[member]?.clockMs ?? 0, time, streamTimeMs)
    accounts[member, default: Account()].clockMs = clockMs
    expire(member, upTo: clockMs)
  }

  private mutating func expire(_ member: String, upTo nowMs: Int64) {
    let gone = (accounts[member]?.lots ?? []).filter { $0.dueMs <= nowMs }
    guard !gone.isEmpty else { return }
    accounts[member]?.lots.removeAll { $0.dueMs <= nowMs }
    effects[member, default: []] += gone.sorted { ($0.dueMs, $0.id) < ($1.dueMs, $1.id) }.map {
      Effect(kind: "expire", cause: $0.id, amount: -$0.amount)
    }
  }
}
