import StreamRuntime

/// An in-memory log with Kafka's rules that matter here: partitions, offsets, transactions whose markers occupy offsets,
/// read_committed readers that stop at the last stable offset, consumer-group offsets, one live producer a transactional id.
///
/// Not thread-safe: a test and the stream threads it steps share one thread.
package final class MemoryLog {
  package struct Record {
    package var key: [UInt8]?
    package var value: [UInt8]?
    package var headers: [(name: String, value: [UInt8])]
    package var timestampMs: Int64
    var transaction: Int?
    var isMarker = false
  }

  enum Outcome { case open, committed, aborted }

  package let partitionCount: Int
  private var partitions: [TopicPartition: [Record]] = [:]
  private var outcomes: [Int: Outcome] = [:]
  private var epochs: [String: Int] = [:]
  private var openTransaction: [String: Int] = [:]
  private var touched: [Int: Set<TopicPartition>] = [:]
  private var stagedOffsets: [Int: [String: [TopicPartition: Int64]]] = [:]
  private var groupOffsets: [String: [TopicPartition: Int64]] = [:]

  package init(partitionCount: Int) { self.partitionCount = partitionCount }

  // MARK: Writing

  /// Appends outside any transaction. Without a partition, the key's hash decides; without a key, partition 0.
  package func publish(
    _ topic: String, partition: Int32? = nil, key: [UInt8]?, value: [UInt8]?,
    headers: [(name: String, value: [UInt8])] = [], timestampMs: Int64 = 0
  ) {
    let place = TopicPartition(topic: topic, partition: partition ?? self.partition(of: key))
    partitions[place, default: []].append(
      Record(key: key, value: value, headers: headers, timestampMs: timestampMs))
  }

  /// Registers a producer: fences the older one of that id and aborts what it left open. Returns the epoch.
  func initialize(_ transactionalId: String) -> Int {
    if let open = openTransaction[transactionalId] { end(open, of: transactionalId, .aborted) }
    epochs[transactionalId, default: 0] += 1
    return epochs[transactionalId, default: 0]
  }

  func begin(_ transactionalId: String, epoch: Int) throws -> Int {
    try check(transactionalId, epoch)
    let id = outcomes.count
    outcomes[id] = .open
    openTransaction[transactionalId] = id
    return id
  }

  /// - Returns: the record's offset.
  func append(_ record: Record, to place: TopicPartition, transaction: Int) -> Int64 {
    var record = record
    record.transaction = transaction
    touched[transaction, default: []].insert(place)
    partitions[place, default: []].append(record)
    return Int64(partitions[place, default: []].count - 1)
  }

  func stage(_ offsets: [TopicPartition: Int64], group: String, transaction: Int) {
    stagedOffsets[transaction, default: [:]][group, default: [:]].merge(offsets) { $1 }
  }

  func commit(_ transactionalId: String, epoch: Int, transaction: Int) throws {
    try check(transactionalId, epoch)
    for (group, offsets) in stagedOffsets[transaction] ?? [:] {
      groupOffsets[group, default: [:]].merge(offsets) { $1 }
    }
    end(transaction, of: transactionalId, .committed)
  }

  func abort(_ transactionalId: String, epoch: Int, transaction: Int) throws {
    try check(transactionalId, epoch)
    end(transaction, of: transactionalId, .aborted)
  }

  private func check(_ transactionalId: String, _ epoch: Int) throws {
    guard epochs[transactionalId] == epoch else {
      throw StreamError(.fenced, "a newer producer has taken the transactional id \(transactionalId)")
    }
  }

  private func end(_ transaction: Int, of transactionalId: String, _ outcome: Outcome) {
    outcomes[transaction] = outcome
    openTransaction[transactionalId] = nil
    stagedOffsets[transaction] = nil
    for place in touched.removeValue(forKey: transaction) ?? [] {
      partitions[place, default: []].append(
        Record(key: nil, value: nil, headers: [], timestampMs: 0, transaction: transaction, isMarker: true))
    }
  }

  // MARK: Reading

  package func highWatermark(_ place: TopicPartition) -> Int64 { Int64(partitions[place]?.count ?? 0) }

  /// The offset before which every transaction is decided.
  func lastStableOffset(_ place: TopicPartition) -> Int64 {
    let log = partitions[place] ?? []
    let open = log.firstIndex { record in record.transaction.map { outcomes[$0] == .open } ?? false }
    return Int64(open ?? log.count)
  }

  /// The first committed record at or after `offset`, and its offset; nil at the last stable offset.
  func read(_ place: TopicPartition, from offset: Int64) -> (record: Record, offset: Int64)? {
    let end = lastStableOffset(place)
    var next = offset
    while next < end, let record = partitions[place]?[Int(next)] {
      let isCommitted = record.transaction.map { outcomes[$0] == .committed } ?? true
      if isCommitted, !record.isMarker { return (record, next) }
      next += 1
    }
    return nil
  }

  /// All committed records of a topic, partition by partition.
  package func records(_ topic: String) -> [Record] {
    (0..<Int32(partitionCount)).flatMap { partition -> [Record] in
      let place = TopicPartition(topic: topic, partition: partition)
      var found: [Record] = []
      var next: Int64 = 0
      while let (record, offset) = read(place, from: next) {
        found.append(record)
        next = offset + 1
      }
      return found
    }
  }

  package func committed(group: String, _ place: TopicPartition) -> Int64? {
    groupOffsets[group]?[place]
  }

  /// FNV-1a: only needs to be the same on every call.
  package func partition(of key: [UInt8]?) -> Int32 {
    let hash = (key ?? []).reduce(UInt32(2_166_136_261)) { ($0 ^ UInt32($1)) &* 16_777_619 }
    return Int32(hash % UInt32(partitionCount))
  }
}
