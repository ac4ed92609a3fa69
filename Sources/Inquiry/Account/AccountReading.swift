import Contracts
import JSON
import Kafka
import Loyalty
import Partitioning

/// What the platform's topics say about one member. Reads the member's own partitions only.
package struct AccountReading {
  /// One programme's part: the documents as published, and what they mean.
  package struct Part {
    package var programId: String
    package var statement: AccountStatement?
    package var account: JSONValue?
    package var tier: TierChange?
    package var tierDocument: JSONValue?
    /// The last entries, the newest last.
    package var entries: [LedgerEntry] = []
    package var entryDocuments: [JSONValue] = []
    /// Open lots in the order debits take them; nil where they were not asked for, or the ledger's first entries are
    /// gone.
    package var lots: [Lot]?
  }

  private let reader: TopicReader
  private let member: String
  private let counts: [String: Int]

  package init(_ cluster: Cluster, _ reader: TopicReader, member: String) throws {
    self.reader = reader
    self.member = member
    counts = try cluster.partitionCounts(of: [Topic.accounts, .tiers, .ledger].map(\.name))
  }

  /// The member's account in each programme, or in the one named; empty when there is none. No entries yet.
  package func accounts(program: String?) throws -> [Part] {
    var parts: [String: Part] = [:]
    try readCompacted(.accounts, program: program) { program, value in
      parts[program, default: Part(programId: program)].statement = try value.map {
        try AccountStatement(decoding: $0)
      }
      parts[program]?.account = try value.map { try JSONValue(parsing: Array($0)) }
    }
    try readCompacted(.tiers, program: program) { program, value in
      parts[program, default: Part(programId: program)].tier = try value.map { try TierChange(decoding: $0) }
      parts[program]?.tierDocument = try value.map { try JSONValue(parsing: Array($0)) }
    }
    return parts.values.filter { $0.account != nil || $0.tierDocument != nil }.sorted { $0.programId < $1.programId }
  }

  /// Fills in the last `count` ledger entries of each part.
  package func readEntries(_ count: Int, into parts: inout [Part]) throws {
    guard count > 0, !parts.isEmpty else { return }
    var stretch: [(entry: LedgerEntry, document: JSONValue)] = []
    var missing = Set(parts.map(\.programId))
    let range = try reader.range(of: place(.ledger))
    let memberBytes = Array(member.utf8)
    var filled = parts
    _ = try reader.lookBack(range) {
      stretch = []
    } record: { message in
      guard let key = message.key, key.elementsEqual(memberBytes), let value = message.value else { return }
      let entry = try LedgerEntry(decoding: value)
      guard missing.contains(entry.programId) else { return }
      stretch.append((entry, try JSONValue(parsing: Array(value))))
    } isEnough: {
      for index in filled.indices where missing.contains(filled[index].programId) {
        let found = stretch.filter { $0.entry.programId == filled[index].programId }
        let wanted = found.suffix(count - filled[index].entries.count)
        filled[index].entries.insert(contentsOf: wanted.map(\.entry), at: 0)
        filled[index].entryDocuments.insert(contentsOf: wanted.map(\.document), at: 0)
        let isWhole = filled[index].entries.count == count || filled[index].entries.first?.sequence == 1
        if isWhole { missing.remove(filled[index].programId) }
      }
      return missing.isEmpty
    }
    parts = filled
  }

  /// Fills in the entries of what occurred from an instant on, each part's whole.
  package func readEntries(since instant: Instant, into parts: inout [Part]) throws {
    let indices = Dictionary(uniqueKeysWithValues: parts.enumerated().map { ($1.programId, $0) })
    let memberBytes = Array(member.utf8)
    try reader.read([try reader.range(of: place(.ledger))]) { message in
      guard let key = message.key, key.elementsEqual(memberBytes), let value = message.value else { return }
      let entry = try LedgerEntry(decoding: value)
      guard entry.occurredAt >= instant, let index = indices[entry.programId] else { return }
      parts[index].entries.append(entry)
      parts[index].entryDocuments.append(try JSONValue(parsing: Array(value)))
    }
  }

  /// Fills in the open lots of each part, which the member's whole ledger tells.
  package func readLots(into parts: inout [Part]) throws {
    struct Life {
      var replay = LotReplay()
      var isWhole = true
    }
    var lives: [String: Life] = [:]
    let memberBytes = Array(member.utf8)
    try reader.read([try reader.range(of: place(.ledger))]) { message in
      guard let key = message.key, key.elementsEqual(memberBytes), let value = message.value else { return }
      let entry = try LedgerEntry(decoding: value)
      if entry.sequence == 1 { lives[entry.programId] = Life() }
      var life = lives[entry.programId] ?? Life(isWhole: false)
      if entry.type.traits.movesNothing { life.replay.note(entry) }
      var owed = entry.balances.available
      if entry.debit == .memberAvailable { owed += entry.points }
      if entry.credit == .memberAvailable { owed -= entry.points }
      if !life.replay.book(entry, owed: max(0, -owed)) { life.isWhole = false }
      lives[entry.programId] = life
    }
    for index in parts.indices {
      guard let life = lives[parts[index].programId], life.isWhole else { continue }
      parts[index].lots = life.replay.inOrder
    }
  }

  /// The last value of each of the member's keys; nil for a tombstone.
  private func readCompacted(
    _ topic: Topic, program: String?, _ body: (_ program: String, UnsafeRawBufferPointer?) throws -> Void
  ) throws {
    let prefix = Array((member + RecordKey.separator).utf8)
    try reader.read([try reader.range(of: place(topic))]) { message in
      guard let key = message.key, key.starts(with: prefix) else { return }
      let named = String(decoding: key.dropFirst(prefix.count), as: UTF8.self)
      guard program == nil || program == named else { return }
      let value = message.value
      try body(named, value.flatMap { $0.isEmpty ? nil : $0 })
    }
  }

  private func place(_ topic: Topic) -> KafkaTopicPartition {
    let partition = KeyPartitioner.partition(of: member, among: counts[topic.name] ?? 1)
    return KafkaTopicPartition(topic: topic.name, partition: partition)
  }

  /// Every entry of the member that the ledger still holds, oldest first.
  package func allEntries() throws -> [LedgerEntry] {
    var entries: [LedgerEntry] = []
    let memberBytes = Array(member.utf8)
    try reader.read([try reader.range(of: place(.ledger))]) { message in
      guard let key = message.key, key.elementsEqual(memberBytes), let value = message.value else { return }
      entries.append(try LedgerEntry(decoding: value))
    }
    return entries
  }
}
