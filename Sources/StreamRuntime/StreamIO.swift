/// Everything outside that one stream thread stands on. Made and used on that thread only.
///
/// `StreamKafka` binds it to Kafka and SQLite, `StreamTesting` to memory. Calls block; all throw ``StreamError``.
package protocol StreamIO: AnyObject {
  /// Who the cluster says it is; nil where it does not say.
  var clusterId: String? { get }
  /// Opens consumer and producer: fences an older producer of the same id, resolves what it left open.
  func open(listener: any RebalanceListener) throws -> (source: any RecordSource, sink: any TransactionalSink)
  /// The partitions, of `count`, that this thread will be given if it joins the group as the group stands now. None
  /// where the group is empty or knows this thread already: then nobody gives anything up, and there is nothing to
  /// hurry for.
  func partitionsToExpect(of count: Int) throws -> [Int32]
  func globalTopicReader() throws -> (any GlobalTopicReader)?
  /// Opens the database of a partition. Throws if another process holds it.
  func storeBackend(partition: Int32) throws -> any StoreBackend
  /// A few bytes about a partition, which outlive the process, its stores and its transactions, and need not outlive
  /// the machine; nil: none are kept.
  func note(partition: Int32) throws -> [UInt8]?
  /// Nil: takes them away.
  func keepNote(_ note: [UInt8]?, partition: Int32) throws
  /// Starts reading changelogs from `positions` to their ends.
  func changelogReader(_ positions: [ChangelogPosition]) throws -> any ChangelogReader
}

/// Told of partitions coming and going, on the thread that polls, inside ``RecordSource/poll(timeoutMs:)`` or `close`.
package protocol RebalanceListener: AnyObject {
  func partitionsAssigned(_ partitions: [TopicPartition])
  /// - Parameter lost: the group has given them to others already; nothing can be committed for them.
  func partitionsRevoked(_ partitions: [TopicPartition], lost: Bool)
}

/// A member of the consumer group on the topology's input topics.
package protocol RecordSource: AnyObject {
  /// The next record, or nil when none came in time. The record is borrowed until the next call.
  func poll(timeoutMs: Int) throws -> InputRecord?
  /// The group's committed offsets (nil where nothing was ever committed); nil as a whole while an open transaction
  /// makes them unstable (ask again).
  func committed(_ partitions: [TopicPartition]) throws -> [TopicPartition: CommittedOffset?]?
  /// Delivers these partitions from these offsets on, and no others: none before the first call after an assignment.
  /// What came for them before and was not polled is forgotten. Of a partition that has nothing at its offset it
  /// delivers nothing, and says so in ``takeNews()``.
  func read(from offsets: [TopicPartition: Int64]) throws
  /// What polls have met beside records since the last call, or since the last ``read(from:)``.
  func takeNews() -> [InputNews]
  /// Where the topics begin and end; nil while no broker says so (ask again).
  func bounds(of partitions: [TopicPartition]) throws -> [TopicPartition: InputBounds]?
  /// Records between the position and the last stable offset, as far as known locally.
  func lag(_ partition: TopicPartition, position: Int64) -> Int64?
  /// Leaves with what was committed. Calls the listener's `partitionsRevoked`.
  func close()
}

/// What a poll meets beside records.
package enum InputNews: Equatable, Sendable {
  /// All before this offset was delivered: it stands behind the markers of transactions, which are no records.
  case end(TopicPartition, offset: Int64)
  /// The topic has nothing at the offset that it is to be read from: it begins later, or ends before.
  case outOfRange(TopicPartition)
}

/// Where an input topic begins, and where what is decided of it ends.
package struct InputBounds: Equatable, Sendable {
  /// The first offset that the topic still holds.
  package var start: Int64
  /// The last stable offset.
  package var end: Int64

  package init(start: Int64, end: Int64) {
    self.start = start
    self.end = end
  }
}

/// The transactional producer of one thread.
///
///     ready ──send, beginCommit──▶ open ──beginCommit──▶ committing ──endCommit──▶ ready
///       ▲                           │  any call throws        │
///       └─────────── abort ─────────┴─────────────────────────┘
///
/// Any call that throws has ended the transaction: `abortTransaction` says that it was aborted or that its outcome is
/// unknown; once ``abort()`` returns after it, the outcome is settled and the sink is ready for the next one.
package protocol TransactionalSink: AnyObject {
  /// Hands over the outbox's records, which need not outlive the call. A cycle may send in several parts, so that the
  /// broker is at work while the cycle is.
  func send(_ outbox: Outbox) throws
  /// Adds the offsets (each the next record to read, noted as ``OffsetNote/kept``) and commits; it need not wait for
  /// that. They go with the group metadata of this moment, so that a member of an older generation is refused; there is
  /// always one.
  func beginCommit(offsets: [TopicPartition: Int64]) throws
  /// What has begun to be committed is under way still, so that ``endCommit()`` would wait.
  var isCommitting: Bool { get }
  /// Waits until all of it is durable and visible. After each ``beginCommit(offsets:)`` that has not thrown, once, and
  /// before any other call but ``close()``.
  /// - Returns: for each changelogged table and partition written, the offset after the last record.
  func endCommit() throws -> [ChangelogEnd]
  /// Takes back what was sent and not committed, and settles what a call that threw has left. Throws `waitForCluster`
  /// until it is.
  func abort() throws
  func close()
}

extension TransactionalSink {
  /// Commits and waits for it.
  package func commit(offsets: [TopicPartition: Int64]) throws -> [ChangelogEnd] {
    try beginCommit(offsets: offsets)
    return try endCommit()
  }
}

/// The end of what a transaction wrote to one changelog partition.
package struct ChangelogEnd: Sendable {
  package var table: Int
  package var partition: Int32
  package var nextOffset: Int64

  package init(table: Int, partition: Int32, nextOffset: Int64) {
    self.table = table
    self.partition = partition
    self.nextOffset = nextOffset
  }
}

/// A changelog partition to replay.
package struct ChangelogPosition: Sendable {
  package var table: Int
  package var partition: Int32
  /// The next offset to replay; nil = from the start.
  package var offset: Int64?

  package init(table: Int, partition: Int32, offset: Int64?) {
    self.table = table
    self.partition = partition
    self.offset = offset
  }
}

/// What a changelog partition has to tell before it is replayed.
package struct ChangelogBounds: Sendable {
  /// First offset the log still holds.
  package var logStart: Int64
  /// The offset after the last record, uncommitted ones included.
  package var highWatermark: Int64

  package init(logStart: Int64, highWatermark: Int64) {
    self.logStart = logStart
    self.highWatermark = highWatermark
  }
}

/// Replays changelogs: committed records only, to the ends that a look before the start has found.
package protocol ChangelogReader: AnyObject {
  /// As found when the reader was made. Indexed like the positions it was made with.
  var bounds: [ChangelogBounds] { get }
  /// Starts over from the given offset (after a wipe).
  func restart(_ index: Int, at offset: Int64) throws
  /// Delivers at most `limit` records, waiting up to `timeoutMs` for the first. Returns how many it delivered.
  func read(
    limit: Int, timeoutMs: Int,
    _ body: (_ index: Int, _ offset: Int64, _ key: UnsafeRawBufferPointer, _ image: UnsafeRawBufferPointer?) throws ->
      Void
  ) throws -> Int
  /// The next offset to read; at or beyond the high watermark the partition is restored.
  func position(_ index: Int) -> Int64
  /// True when the reader has met the end of what is committed, short of the high watermark: someone's transaction is
  /// open.
  func waitsForOpenTransaction(_ index: Int) -> Bool
  func close()
}
