/// The work on one partition number: its store, its processor, its place in the input topics.
///
///     located ──▶ restoring ──▶ running
///        ▲  ▲         │            │
///        │  └─────────┴────────────┘  a cycle failed: forget memory, read offsets and changelog again
///     created                         close() is legal in every state
///
/// - created: assigned; the committed offsets are not known yet.
/// - located: offsets known, consumer positioned and paused.
/// - restoring: the changelog is replayed into the store.
/// - running: records are processed.
final class StreamTask {
  enum State { case created, located, restoring, running }

  let partition: Int32
  private(set) var state = State.created
  /// Next offset to commit, a topic; only topics with progress since the last commit.
  private(set) var progress: [Int: Int64] = [:]
  private(set) var clock: TaskClock
  private(set) var positions: [Int: Int64] = [:]

  private let topology: Topology
  private let settings: WorkerSettings
  private let outbox: Outbox
  private let globals: GlobalTables
  private let metrics: WorkerMetrics
  private let log: StreamLog
  private let io: any StreamIO
  private(set) var backend: (any StoreBackend)?
  private var context: ProcessorContext?
  private var processor: (any Processor)?
  /// Stream time as last written to the store; nil = never.
  private var writtenStreamTimeMs: Int64?

  init(
    partition: Int32, topology: Topology, settings: WorkerSettings, io: any StreamIO, outbox: Outbox,
    globals: GlobalTables, metrics: WorkerMetrics, log: @escaping StreamLog
  ) {
    self.partition = partition
    self.topology = topology
    self.settings = settings
    self.io = io
    self.outbox = outbox
    self.globals = globals
    self.metrics = metrics
    self.log = log
    clock = TaskClock(mode: settings.clock, streamTimeMs: 0, wallNowMs: settings.wallNowMs)
  }

  var inputs: [TopicPartition] {
    topology.inputTopics.map { TopicPartition(topic: $0, partition: partition) }
  }

  // MARK: Lifecycle

  /// The committed offsets are known.
  func locate() {
    precondition(state == .created)
    state = .located
  }

  /// Opens the store and says from where its changelogs must be replayed.
  func beginRestore() throws -> [ChangelogPosition] {
    precondition(state == .located)
    let store = try backend ?? io.storeBackend(partition: partition)
    backend = store
    if let used = try store.lastUsedMs(), let doubt = doubt(lastUsedMs: used) {
      log(.warning, "\(doubt); restoring it whole", [("partition", "\(partition)")])
      try store.wipe()
    }
    state = .restoring
    return try topology.stores.indices.map {
      ChangelogPosition(table: $0, partition: partition, offset: try store.position(table: $0))
    }
  }

  /// Why a store last used then may have missed deletes, for which the changelog cannot make up any more.
  private func doubt(lastUsedMs: Int64) -> String? {
    let unusedMs = settings.wallNowMs() - lastUsedMs
    if unusedMs > settings.changelogDeleteRetentionMs {
      return "the local store was last used longer ago than the changelog keeps deletes"
    }
    return unusedMs < -Limits.clockSkewMs ? "the local store was last used at a time that is still to come" : nil
  }

  /// Every changelog is replayed: make the processor.
  func start() throws {
    precondition(state == .restoring)
    guard let backend else { preconditionFailure("a restoring task has a store") }
    writtenStreamTimeMs = settings.clock == .stream ? try StreamTimeRow.read(backend) : nil
    clock = TaskClock(mode: settings.clock, streamTimeMs: writtenStreamTimeMs ?? 0, wallNowMs: settings.wallNowMs)
    clock.timersAreDueFirst = settings.clock == .stream
    let context = ProcessorContext(
      topology: topology, partition: partition, partitionCount: settings.inputPartitions, backend: backend,
      outbox: outbox, clock: clock, globals: globals, metrics: metrics, log: log)
    processor = try topology.makeProcessor(context)
    precondition(
      context.tables.count == topology.stores.count, "the processor of \(topology.service) must open all its stores")
    self.context = context
    state = .running
  }

  /// Forgets all that is not committed and goes back to `created`.
  func reset() throws {
    processor = nil
    context = nil
    progress = [:]
    positions = [:]
    try backend?.rollback()
    state = .created
  }

  /// Drops what is not committed and lets go of the store's file.
  func close() {
    processor = nil
    context = nil
    backend?.close()
    backend = nil
    state = .created
  }

  // MARK: A cycle

  func process(_ record: InputRecord) throws {
    guard let processor else { preconditionFailure("a record came for a task that is not running") }
    do {
      try processor.process(record)
    } catch let poison as PoisonRecord {
      DeadLetter.write(record, poison, topology: topology, to: outbox)
      metrics.deadLettered(1)
      log(
        .warning, "dead-lettered a record",
        [
          ("topic", topology.inputTopics[record.topic]), ("partition", "\(partition)"), ("offset", "\(record.offset)"),
          ("code", poison.code),
        ])
    }
    progress[record.topic] = record.offset + 1
    positions[record.topic] = record.offset + 1
  }

  var needsTimersBeforeNextRecord: Bool { state == .running && clock.timersAreDueFirst }

  /// Runs timers that are due, at most `limit` rows; returns how many.
  func runTimers(limit: Int) throws -> Int {
    guard let processor, let context else { return 0 }
    let nowMs = clock.nowMs
    let due =
      context.tables.contains { ($0.nextDueMs ?? .max) <= nowMs } || (processor.wakeUpMs ?? .max) <= clock.wallNowMs()
    let count = due ? try processor.runTimers(upToMs: nowMs, limit: limit) : 0
    if count < limit { clock.timersAreDueFirst = false }
    return count
  }

  /// Writes the cycle's rows to the database's open transaction and the outbox.
  func flush() throws {
    guard let context else { return }
    try processor?.cycleEnding()
    for table in context.tables { try table.flush() }
    guard settings.clock == .stream, clock.streamTimeMs != writtenStreamTimeMs ?? 0, let backend else { return }
    try StreamTimeRow.write(
      clock.streamTimeMs, to: backend, outbox, topic: topology.firstChangelogTopic + StreamTimeRow.table,
      partition: partition)
    writtenStreamTimeMs = clock.streamTimeMs
  }

  /// The next offset to read, for each topic with progress.
  func offsetsToCommit() -> [TopicPartition: Int64] {
    var offsets: [TopicPartition: Int64] = [:]
    for (topic, offset) in progress {
      let name = topology.inputTopics[topic]
      offsets[TopicPartition(topic: name, partition: partition)] = offset
    }
    return offsets
  }

  /// The Kafka transaction is committed: make the store follow.
  func committed(_ ends: [ChangelogEnd]) throws {
    guard let backend else { preconditionFailure("a running task has a store") }
    for end in ends where end.partition == partition { try backend.setPosition(table: end.table, end.nextOffset) }
    try backend.commit()
    progress.removeAll(keepingCapacity: true)
    processor?.cycleCommitted()
  }

  var rowCounts: [(store: String, rows: Int)] {
    guard let context else { return [] }
    return zip(topology.stores, context.tables).map { ($0.name, $1.rowCount) }
  }

  /// Milliseconds until the next timer or wake-up; nil = none. Stream time does not pass by waiting.
  func msToNextTimer() -> Int64? {
    guard let context else { return nil }
    let timer = settings.clock == .wall ? context.tables.compactMap(\.nextDueMs).min().map { $0 - clock.nowMs } : nil
    let wakeUp = processor?.wakeUpMs.map { $0 - clock.wallNowMs() }
    return [timer, wakeUp].compactMap { $0 }.min().map { max(0, $0) }
  }
}
