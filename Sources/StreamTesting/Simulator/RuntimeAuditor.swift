import StreamRuntime

/// What holds for every service when a history has come to rest: stores equal their changelogs replayed from zero,
/// committed offsets stand behind all that there is to read and stores keep the same, no transaction is left open.
struct RuntimeAuditor {
  let topology: Topology
  let group: String
  let end: SimulatedEnd
  /// Committed changelog position of the owner's store.
  let position: (_ partition: Int32, _ table: Int) -> Int64?

  func problems() throws -> [String] {
    var found: [String] = []
    for partition in 0..<Int32(end.partitionCount) {
      for topic in topology.inputTopics {
        try checkOffset(TopicPartition(topic: topic, partition: partition), &found)
      }
      for table in topology.stores.indices { checkStore(table, partition, &found) }
    }
    for (number, transaction) in end.log.transactions.enumerated() where transaction.outcome == .open {
      found.append("transaction \(number) of \(transaction.producer) is still open")
    }
    return found
  }

  private func checkOffset(_ place: TopicPartition, _ found: inout [String]) throws {
    let committed = end.log.committed(group: group, place)
    if let (_, offset) = end.log.read(place, from: committed ?? 0) {
      found.append("\(place) is committed up to \(committed.map(String.init) ?? "nothing"), yet holds \(offset)")
    }
    if let committed, committed > end.log.highWatermark(place) {
      found.append("\(place) is committed up to \(committed), yet ends at \(end.log.highWatermark(place))")
    }
    let kept = try keptPosition(place)
    if committed != kept {
      let (committed, kept) = (committed.map(String.init) ?? "nothing", kept.map(String.init) ?? "nothing")
      found.append("\(place) is committed up to \(committed), yet its store keeps \(kept)")
    }
  }

  private func keptPosition(_ place: TopicPartition) throws -> Int64? {
    let rows = end.rows(place.partition, 0)
    return try rows[[0] + Array("input:\(place.topic)".utf8)]?.withUnsafeBytes { image in
      var row = RowDecoder(image)
      _ = try row.optionalInt()
      _ = try row.byte()
      _ = try row.optionalString()
      return try row.int()
    }
  }

  private func checkStore(_ table: Int, _ partition: Int32, _ found: inout [String]) {
    let place = TopicPartition(topic: topology.changelogTopic(table: table), partition: partition)
    let whole = replay(end.log.records(place, compacted: true))
    if whole != replay(end.log.records(place)) { found.append("compaction changed what \(place) says") }
    let rows = end.rows(partition, table)
    for key in Set(whole.keys).union(rows.keys).sorted(by: { $0.lexicographicallyPrecedes($1) })
    where whole[key] != rows[key] {
      let what = rows[key] == nil ? "lacks" : whole[key] == nil ? "still holds" : "differs in"
      found.append("the store of \(place) \(what) \(text(key))")
    }
    let last = end.log.records(place, compacted: true).last?.offset ?? -1
    let stands = position(partition, table) ?? 0
    if stands <= last || stands > end.log.highWatermark(place) {
      found.append("the store of \(place) stands at \(stands), its changelog's last record at \(last)")
    }
  }

  private func replay(_ records: [(offset: Int64, record: MemoryLog.Record)]) -> [[UInt8]: [UInt8]] {
    var rows: [[UInt8]: [UInt8]] = [:]
    for (_, record) in records { rows[record.key ?? []] = record.value }
    return rows
  }
}
