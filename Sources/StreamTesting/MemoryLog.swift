import Partitioning
import StreamRuntime

/// An in-memory log with Kafka's rules that matter here: partitions, offsets, transactions whose markers occupy
/// offsets, read_committed readers that stop at the last stable offset, consumer-group offsets, one live producer a
/// transactional id, calls that arrive late, compaction.
///
/// Not thread-safe: a test and the stream threads it steps share one thread.
package final class MemoryLog {
  package struct Record {
    package var key: [UInt8]?
    package var value: [UInt8]?
    package var headers: [(name: String, value: [UInt8])] = []
    package var timestampMs: Int64 = 0
    var transaction: Int?
    var isMarker = false
    /// Compaction has taken it away: readers do not see it, auditors do.
    var isCompacted = false
    /// When compaction first met this tombstone, milliseconds since 1970.
    var cleanedAtMs: Int64?

    package init(
      key: [UInt8]?, value: [UInt8]?, headers: [(name: String, value: [UInt8])] = [], timestampMs: Int64 = 0
    ) {
      self.key = key
      self.value = value
      self.headers = headers
      self.timestampMs = timestampMs
    }
  }

  final class Partition {
    var records: [Record] = []
    /// The first offset that is not deleted.
    var start: Int64 = 0
    /// Undecided transactions and their first offsets here.
    var open: [(transaction: Int, first: Int64)] = []
  }

  enum Outcome { case open, committed, aborted }

  struct Transaction {
    let producer: String
    var startedMs: Int64 = 0
    var outcome = Outcome.open
    var places: [TopicPartition] = []
    var offsets: [(group: String, place: TopicPartition, offset: CommittedOffset)] = []
  }

  /// An EndTxn that is still on its way. As in Kafka's protocol before version 2 of its transactions, it names the
  /// producer and its epoch, not the transaction: it commits whatever that producer has open when it arrives.
  struct DelayedEnd {
    let transactionalId: String
    let epoch: Int
  }

  package let partitionCount: Int
  package let clusterId: String
  private var partitions: [TopicPartition: Partition] = [:]
  private(set) var transactions: [Transaction] = []
  private var epochs: [String: Int] = [:]
  private var openTransaction: [String: Int] = [:]
  private(set) var delayedEnds: [DelayedEnd] = []
  private var groupOffsets: [String: [TopicPartition: CommittedOffset]] = [:]

  package init(partitionCount: Int, clusterId: String = "memory") {
    self.partitionCount = partitionCount
    self.clusterId = clusterId
  }

  func partition(_ place: TopicPartition) -> Partition {
    if let found = partitions[place] { return found }
    let new = Partition()
    partitions[place] = new
    return new
  }

  // MARK: Writing

  /// Appends outside any transaction. Without a partition, the key's hash decides; without a key, partition 0.
  package func publish(
    _ topic: String, partition number: Int32? = nil, key: [UInt8]?, value: [UInt8]?,
    headers: [(name: String, value: [UInt8])] = [], timestampMs: Int64 = 0
  ) {
    let place = TopicPartition(topic: topic, partition: number ?? partition(of: key))
    partition(place).records.append(Record(key: key, value: value, headers: headers, timestampMs: timestampMs))
  }

  /// Registers a producer: fences the older one of that id and aborts what it left open. Returns the epoch.
  func initialize(_ transactionalId: String) -> Int {
    if let open = openTransaction[transactionalId] { end(open, .aborted) }
    epochs[transactionalId, default: 0] += 1
    return epochs[transactionalId, default: 0]
  }

  /// Registers a producer without fencing anyone, which no real broker does.
  func join(_ transactionalId: String) -> Int { epochs[transactionalId] ?? initialize(transactionalId) }

  /// What the coordinator does at `transaction.timeout.ms`. Returns whether anything was open.
  @discardableResult
  package func expireTransaction(of transactionalId: String) -> Bool {
    guard openTransaction[transactionalId] != nil else { return false }
    _ = initialize(transactionalId)
    return true
  }

  /// The same for every transaction that began at or before `ms`. Returns whose they were.
  func expireTransactions(startedUpTo ms: Int64) -> [String] {
    let late = openTransaction.filter { transactions[$0.value].startedMs <= ms }.keys.sorted()
    for transactionalId in late { _ = initialize(transactionalId) }
    return late
  }

  func begin(_ transactionalId: String, epoch: Int, nowMs: Int64 = 0) throws -> Int {
    try check(transactionalId, epoch)
    if let open = openTransaction[transactionalId] { return open }
    transactions.append(Transaction(producer: transactionalId, startedMs: nowMs))
    openTransaction[transactionalId] = transactions.count - 1
    return transactions.count - 1
  }

  /// - Returns: the record's offset.
  func append(_ record: Record, to place: TopicPartition, transaction: Int, epoch: Int) throws -> Int64 {
    try check(transactions[transaction].producer, epoch)
    write(record, to: place, transaction: transaction)
    return highWatermark(place) - 1
  }

  private func write(_ record: Record, to place: TopicPartition, transaction: Int) {
    var record = record
    record.transaction = transaction
    let log = partition(place)
    if !log.open.contains(where: { $0.transaction == transaction }) {
      log.open.append((transaction, Int64(log.records.count)))
      transactions[transaction].places.append(place)
    }
    log.records.append(record)
  }

  func stage(_ offsets: [TopicPartition: Int64], group: String, transaction: Int, epoch: Int) throws {
    try check(transactions[transaction].producer, epoch)
    for (place, offset) in offsets {
      transactions[transaction].offsets.append((group, place, CommittedOffset(offset, .kept)))
    }
  }

  func commit(_ transactionalId: String, epoch: Int) throws {
    try check(transactionalId, epoch)
    guard let transaction = openTransaction[transactionalId] else { return }
    for staged in transactions[transaction].offsets {
      groupOffsets[staged.group, default: [:]][staged.place] = staged.offset
    }
    end(transaction, .committed)
  }

  func abort(_ transactionalId: String, epoch: Int) throws {
    try check(transactionalId, epoch)
    guard let transaction = openTransaction[transactionalId] else { return }
    end(transaction, .aborted)
  }

  /// Sends an EndTxn that arrives when ``deliverDelayedEnd()`` says so.
  func commitLater(_ transactionalId: String, epoch: Int) {
    delayedEnds.append(DelayedEnd(transactionalId: transactionalId, epoch: epoch))
  }

  /// Lets the oldest late EndTxn arrive. Returns whose it was, and whether it committed anything.
  func deliverDelayedEnd() -> (transactionalId: String, committed: Bool)? {
    guard !delayedEnds.isEmpty else { return nil }
    let late = delayedEnds.removeFirst()
    let isValid = epochs[late.transactionalId] == late.epoch && openTransaction[late.transactionalId] != nil
    // A late call of a fenced producer, or with nothing to end, is refused; nobody waits for the answer any more.
    if isValid { try? commit(late.transactionalId, epoch: late.epoch) }
    return (late.transactionalId, isValid)
  }

  /// Appends in one transaction of its own.
  package func publish(_ records: [Record], to place: TopicPartition, isCommitted: Bool) throws {
    let producer = "writer"
    let epoch = initialize(producer)
    let transaction = try begin(producer, epoch: epoch)
    for record in records { _ = try append(record, to: place, transaction: transaction, epoch: epoch) }
    try isCommitted ? commit(producer, epoch: epoch) : abort(producer, epoch: epoch)
  }

  /// A transaction of those who feed the service: they have no epochs here.
  func appendUpstream(_ record: Record, to place: TopicPartition, transaction: Int) {
    write(record, to: place, transaction: transaction)
  }

  func endUpstream(_ transaction: Int, committing: Bool) { end(transaction, committing ? .committed : .aborted) }

  private func check(_ transactionalId: String, _ epoch: Int) throws {
    guard epochs[transactionalId] == epoch else {
      throw ProducerFenced(transactionalId: transactionalId)
    }
  }

  private func end(_ transaction: Int, _ outcome: Outcome) {
    transactions[transaction].outcome = outcome
    openTransaction[transactions[transaction].producer] = nil
    for place in transactions[transaction].places {
      let log = partition(place)
      log.open.removeAll { $0.transaction == transaction }
      var marker = Record(key: nil, value: nil)
      marker.transaction = transaction
      marker.isMarker = true
      log.records.append(marker)
    }
  }

  // MARK: Reading

  package func highWatermark(_ place: TopicPartition) -> Int64 { Int64(partition(place).records.count) }

  /// The offset before which every transaction is decided.
  func lastStableOffset(_ place: TopicPartition) -> Int64 {
    let log = partition(place)
    return log.open.map(\.first).min() ?? Int64(log.records.count)
  }

  /// The first committed record at or after `offset`, and its offset; nil at the last stable offset.
  func read(
    _ place: TopicPartition, from offset: Int64, uncommitted: Bool = false
  ) -> (record: Record, offset: Int64)? {
    let log = partition(place)
    let end = uncommitted ? Int64(log.records.count) : lastStableOffset(place)
    var next = max(offset, log.start)
    while next < end {
      let record = log.records[Int(next)]
      if isReadable(record) || uncommitted && !record.isMarker && !record.isCompacted { return (record, next) }
      next += 1
    }
    return nil
  }

  func isCommitted(_ record: Record) -> Bool {
    !record.isMarker && (record.transaction.map { transactions[$0].outcome == .committed } ?? true)
  }

  private func isReadable(_ record: Record) -> Bool { !record.isCompacted && isCommitted(record) }

  /// All committed records of a topic, partition by partition.
  package func records(_ topic: String) -> [Record] {
    (0..<Int32(partitionCount)).flatMap { records(TopicPartition(topic: topic, partition: $0)).map(\.record) }
  }

  /// All committed records of a partition that a reader gets; with `compacted`, also those that compaction took away.
  package func records(_ place: TopicPartition, compacted: Bool = false) -> [(offset: Int64, record: Record)] {
    let end = Int(lastStableOffset(place))
    let log = partition(place)
    return log.records[..<end].enumerated().compactMap { offset, record in
      isCommitted(record) && (compacted || !record.isCompacted) ? (Int64(offset), record) : nil
    }
  }

  package func committed(group: String, _ place: TopicPartition) -> Int64? {
    groupOffsets[group]?[place]?.offset
  }

  func committedOffset(group: String, _ place: TopicPartition) -> CommittedOffset? { groupOffsets[group]?[place] }

  /// What an operator does with a group's offset: sets it, or with nil takes it away.
  package func setCommitted(group: String, _ place: TopicPartition, _ offset: CommittedOffset?) {
    groupOffsets[group, default: [:]][place] = offset
  }

  /// The group was deleted, or was empty for too long.
  package func forgetOffsets(group: String) { groupOffsets[group] = nil }

  /// Whether an undecided transaction is about to move the group's offset of that partition.
  func isUnstable(group: String, _ place: TopicPartition) -> Bool {
    transactions.contains { transaction in
      transaction.outcome == .open && transaction.offsets.contains { $0.group == group && $0.place == place }
    }
  }

  /// Where every producer of the platform puts a record of that key.
  package func partition(of key: [UInt8]?) -> Int32 {
    guard let key else { return 0 }
    return key.withUnsafeBytes { KeyPartitioner.partition(of: $0, among: partitionCount) }
  }
}

/// The log knows a newer epoch of the producer's id.
struct ProducerFenced: Error, CustomStringConvertible {
  let transactionalId: String

  var description: String { "a newer producer has taken the transactional id \(transactionalId)" }
}
