import StreamRuntime

/// Holds what came out of ``LedgerTopology`` against ``LedgerModel``: every effect once, in order a member, sequence
/// numbers without gaps, balances that add up, stores that say the same, every poison record among the dead letters,
/// every record that lay where its key does not belong sent on once.
struct LedgerAuditor {
  private let end: SimulatedEnd
  private var found: [String] = []

  /// A member's account after one ledger entry; nil once it is closed.
  private struct Standing: Equatable {
    var sequence: Int64
    var balance: Int64
    var text: String { "\(sequence)|\(balance)" }
  }

  init(_ end: SimulatedEnd) { self.end = end }

  func problems() throws -> [String] {
    var auditor = self
    var total: Int64 = 0
    var kept: Int64 = 0
    for partition in 0..<Int32(end.partitionCount) {
      let model = model(of: partition)
      let chains = auditor.follow(model, partition)
      auditor.checkStatements(chains, partition)
      let rows = try auditor.checkAccounts(chains, model, partition)
      try auditor.checkMarks(model, partition)
      kept += rows
      total += end.records(LedgerTopology.ledger, partition).reduce(0) { $0 + (Self.fields($1.record)?.amount ?? 0) }
    }
    auditor.checkDeadLetters()
    for topic in [LedgerTopology.events, LedgerTopology.adjustments] { auditor.checkStrays(topic) }
    if total != kept { auditor.found.append("the ledger moved \(total) in all, the accounts hold \(kept)") }
    return auditor.found
  }

  private func model(of partition: Int32) -> LedgerModel {
    var model = LedgerModel()
    for (offset, record) in end.records(LedgerTopology.events, partition) where !isStray(record, partition) {
      model.takeEvent(text(record.key ?? []), text(record.value), offset: offset)
    }
    for (_, record) in end.records(LedgerTopology.adjustments, partition) where !isStray(record, partition) {
      model.takeAdjustment(text(record.key ?? []), text(record.value))
    }
    return model
  }

  private static func fields(
    _ record: MemoryLog.Record
  ) -> (sequence: Int64, kind: String, cause: String, amount: Int64, balance: Int64)? {
    let fields = text(record.value).split(separator: "|").map(String.init)
    guard fields.count == 5, let sequence = Int64(fields[0]), let amount = Int64(fields[3]),
      let balance = Int64(fields[4])
    else { return nil }
    return (sequence, fields[1], fields[2], amount, balance)
  }

  /// Walks a partition's ledger; returns how each member's account stood after each entry.
  private mutating func follow(_ model: LedgerModel, _ partition: Int32) -> [String: [Standing?]] {
    var chains: [String: [Standing?]] = [:]
    var effects = model.effects.mapValues { $0[...] }
    var adjustments = model.adjustments.mapValues { $0[...] }
    for (offset, record) in end.records(LedgerTopology.ledger, partition) {
      let member = text(record.key)
      let place = "ledger[\(partition)]@\(offset) of \(member)"
      guard let entry = Self.fields(record) else {
        found.append("\(place) cannot be read: \(text(record.value))")
        continue
      }
      let before = (chains[member]?.last ?? nil) ?? Standing(sequence: 0, balance: 0)
      if entry.sequence != before.sequence + 1 {
        found.append("\(place) has sequence number \(entry.sequence) after \(before.sequence)")
      }
      if entry.balance != before.balance + entry.amount {
        found.append("\(place) has balance \(entry.balance) after \(before.balance) and \(entry.amount)")
      }
      let owed = entry.kind == "adjust" ? adjustments[member]?.popFirst() : effects[member]?.popFirst()
      var said = LedgerModel.Effect(kind: entry.kind, cause: entry.cause, amount: entry.amount)
      if entry.kind == "close", entry.amount == -before.balance { said.amount = nil }
      if said != owed { found.append("\(place) says \(said), owed is \(owed.map(\.description) ?? "nothing")") }
      chains[member, default: []].append(
        entry.kind == "close" ? nil : Standing(sequence: entry.sequence, balance: entry.balance))
    }
    for (member, left) in (Array(effects) + Array(adjustments)).sorted(by: { $0.key < $1.key }) where !left.isEmpty {
      found.append("ledger[\(partition)] of \(member) lacks \(left.count) entries, first: \(left[left.startIndex])")
    }
    return chains
  }

  /// Every statement tells a standing that the ledger passed through, in order, and the last one the last.
  private mutating func checkStatements(_ chains: [String: [Standing?]], _ partition: Int32) {
    var places: [String: Int] = [:]
    for (offset, record) in end.records(LedgerTopology.statements, partition) {
      let member = text(record.key)
      let chain = chains[member] ?? []
      guard
        let index = chain.indices.first(where: {
          $0 >= places[member] ?? 0 && chain[$0]?.text == record.value.map { text($0) }
        })
      else {
        found.append("statements[\(partition)]@\(offset) of \(member) tells \(text(record.value)), which never was")
        continue
      }
      places[member] = index + 1
    }
    for (member, chain) in chains.sorted(by: { $0.key < $1.key }) {
      guard let told = places[member], chain[told - 1] == chain[chain.count - 1] else {
        found.append("statements[\(partition)] of \(member) end before its ledger does")
        continue
      }
    }
  }

  /// - Returns: the sum of the balances kept.
  private mutating func checkAccounts(
    _ chains: [String: [Standing?]], _ model: LedgerModel, _ partition: Int32
  ) throws -> Int64 {
    var rows: [String: SimulatedAccount] = [:]
    for (key, image) in end.serviceRows(partition, 0) { rows[text(key)] = try Self.row(image) }
    for member in Set(rows.keys).union(chains.keys).sorted() {
      var owed: SimulatedAccount?
      if let standing = chains[member]?.last ?? nil {
        var account = SimulatedAccount()
        account.sequence = standing.sequence
        account.balance = standing.balance
        account.clockMs = model.accounts[member]?.clockMs ?? 0
        account.lots = (model.accounts[member]?.lots ?? []).sorted { $0.id < $1.id }
        owed = account
      }
      rows[member]?.lots.sort { $0.id < $1.id }
      if rows[member] != owed {
        found.append(
          "the store of partition \(partition) holds \(member) as \(describe(rows[member])), owed is \(describe(owed))")
      }
    }
    return rows.values.reduce(0) { $0 + $1.balance }
  }

  private mutating func checkMarks(_ model: LedgerModel, _ partition: Int32) throws {
    let seen = try Dictionary(
      uniqueKeysWithValues: end.serviceRows(partition, 1).map {
        (text($0.key), try Self.row($0.value) as LedgerMark)
      })
    if seen.mapValues(\.dueMs) != model.seen.merging(model.spoilt, uniquingKeysWith: max).mapValues(Optional.init) {
      found.append(
        "the store of partition \(partition) has seen \(seen.keys.sorted()), owed is \(model.seen.keys.sorted())")
    }
    let adjusted = try Dictionary(
      uniqueKeysWithValues: end.serviceRows(partition, 2).map {
        (text($0.key), (try Self.row($0.value) as LedgerMark).number)
      })
    if adjusted != model.adjusted {
      found.append("the store of partition \(partition) has adjusted \(adjusted), owed is \(model.adjusted)")
    }
    let clocks = end.rows(partition, 0).filter { text($0.key) == "~stream-time" }
    let times = try clocks.values.map { image in
      try image.withUnsafeBytes { bytes in
        var decoder = RowDecoder(bytes)
        _ = try decoder.optionalInt()
        return try decoder.int()
      }
    }
    if times != (model.streamTimeMs > 0 ? [model.streamTimeMs] : []) {
      found.append("partition \(partition) keeps stream time \(times), owed is \(model.streamTimeMs)")
    }
  }

  private mutating func checkDeadLetters() {
    var dead: [String] = []
    var owed: [String] = []
    for partition in 0..<Int32(end.partitionCount) {
      owed += model(of: partition).poison.map { "\(partition):\($0)" }
      for (_, record) in end.records("ledger.dead-letters", partition) {
        func header(_ name: String) -> String { text(record.headers.first { $0.name == name }?.value) }
        dead.append("\(header("dl_partition")):\(header("dl_topic"))@\(header("dl_offset"))")
      }
    }
    if dead.sorted() != owed.sorted() { found.append("dead letters are \(dead.sorted()), owed are \(owed.sorted())") }
  }

  private mutating func checkStrays(_ topic: String) {
    var owed: [String] = []
    var sent: [String] = []
    for partition in 0..<Int32(end.partitionCount) {
      for (offset, record) in end.records(topic, partition) {
        let content = "\(text(record.key)) = \(text(record.value))"
        let own = end.log.partition(of: record.key)
        if isStray(record, partition) { owed.append("\(partition)@\(offset) to \(own): \(content)") }
        if let mark = record.headers.first(where: { $0.name == "\(LedgerTopology.mark)" }) {
          sent.append("\(text(mark.value)) to \(partition): \(content)")
        }
      }
    }
    if owed.sorted() != sent.sorted() { found.append("\(topic): sent on are \(sent.sorted()), owed \(owed.sorted())") }
  }

  private func isStray(_ record: MemoryLog.Record, _ partition: Int32) -> Bool {
    record.key != nil && end.log.partition(of: record.key) != partition
  }

  private static func row<Row: StoreRow>(_ image: [UInt8]) throws -> Row {
    try image.withUnsafeBytes { try RowImage.read($0, as: Row.self) }
  }

  private func describe(_ account: SimulatedAccount?) -> String {
    account.map { "\($0.sequence)|\($0.balance)|\($0.clockMs)|\($0.lots.map(\.id))" } ?? "gone"
  }
}
