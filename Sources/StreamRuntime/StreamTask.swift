/// The work on one partition number: its store, its processor, its place in the input topics.
///
///     located ──▶ restoring ──▶ running ──▶ stopped
///        ▲  ▲         │            │           │
///        │  └─────────┴────────────┴───────────┘  a cycle failed, or an operator has decided:
///     created                                     forget memory, read offsets and changelog again
///
/// close() is legal in every state.
///
/// - created: assigned; the committed offsets are not known yet.
/// - located: the committed offsets are known.
/// - restoring: the changelog is replayed into the store.
/// - running: records are processed.
/// - stopped: its input is not what it was (``InputStop``). Everything before that is committed.
final class StreamTask {
  enum State { case created, located, restoring, running, stopped }

  let partition: Int32
  private(set) var state = State.created
  var positions: InputPositions
  /// It runs, and its inputs are to be read.
  var awaitsReading = false
  /// The store was made on another cluster: nothing in it counts.
  private(set) var isForeign = false
  /// When offsets were last handed over to be committed.
  private var lastOffsetsMs: Int64 = 0
  /// Told already.
  private var toldStop: InputStop?
  private(set) var clock: TaskClock

  private let topology: Topology
  private let settings: WorkerSettings
  private let outbox: Outbox
  private let globals: GlobalTables
  private let counts: CycleCounts
  private let log: StreamLog
  private let io: any StreamIO
  private let atHand: RecordAtHand
  let attempts: Attempts
  let gate: DueRowGate
  private(set) var backend: (any StoreBackend)?
  /// The stores in the order of the topology; none before the task runs.
  private var tables: [any ChangeloggedTable] = []
  private var processor: (any Processor)?
  /// Tables that may hold rows of old formats still, the last of them being gone through.
  private var rewrites: [RowRewrite] = []
  /// Stream time as last written to the store; nil = never.
  private var writtenStreamTimeMs: Int64?
  /// Wall clock. A restored store is current with what its changelogs held then.
  private var restoreBeganMs: Int64 = 0

  init(
    partition: Int32, topology: Topology, settings: WorkerSettings, io: any StreamIO, outbox: Outbox,
    globals: GlobalTables, counts: CycleCounts, atHand: RecordAtHand, log: @escaping StreamLog
  ) {
    self.partition = partition
    self.topology = topology
    self.settings = settings
    self.io = io
    self.outbox = outbox
    self.globals = globals
    self.counts = counts
    self.atHand = atHand
    self.log = log
    attempts = Attempts(topology, io: io, partition: partition)
    gate = DueRowGate(attempts, wallNowMs: settings.wallNowMs)
    clock = TaskClock(mode: settings.clock, streamTimeMs: 0, wallNowMs: settings.wallNowMs)
    positions = InputPositions(topology: topology, partition: partition, cluster: io.clusterId)
  }

  var inputs: [TopicPartition] {
    topology.inputTopics.map { TopicPartition(topic: $0, partition: partition) }
  }

  // MARK: Lifecycle

  /// The committed offsets are known.
  func locate(_ committed: [TopicPartition: CommittedOffset?]) {
    precondition(state == .created)
    positions.locate(committed)
    state = .located
  }

  /// Opens the store and says from where its changelogs must be replayed.
  func beginRestore() throws -> [ChangelogPosition] {
    precondition(state == .located)
    let store = try backend ?? io.storeBackend(partition: partition)
    backend = store
    restoreBeganMs = settings.wallNowMs()
    if let cluster = io.clusterId {
      isForeign = try store.cluster().map { $0 != cluster } ?? false
      if try store.cluster() == nil { try store.setCluster(cluster) }
    }
    if try store.currentAsOfMs() == nil { try store.setCurrent(asOfMs: restoreBeganMs) }
    if try !isForeign && mayHaveMissedDeletes() { try wipe() }
    state = .restoring
    return try topology.stores.indices.map {
      ChangelogPosition(table: $0, partition: partition, offset: isForeign ? nil : try store.position(table: $0))
    }
  }

  /// A store that was made on another cluster is emptied, to be restored from this one's changelogs; with those empty
  /// it may be all that is left of the books.
  func dropForeignStore(changelogsAreEmpty: Bool) throws {
    guard let backend, let other = try backend.cluster() else { return }
    let holdsRows = try topology.stores.indices.contains { try backend.countRows(table: $0) > 0 }
    guard !changelogsAreEmpty || !holdsRows else {
      throw StreamError(
        .fatal,
        "the state folder's store of partition \(partition) is of another cluster (\(other); this is "
          + "\(io.clusterId ?? "?")), and the changelogs here are empty. Check --brokers and --state-dir; or, to begin "
          + "with empty stores, name another --state-dir")
    }
    log(.warning, "the store is of another cluster; restoring it whole", [("partition", "\(partition)")])
    try wipe()
    isForeign = false
  }

  /// Whether deletes may have left a changelog before the store has read them, so that only a restore from the
  /// beginning helps: it was current too long ago, or its restore takes too long, or its clock says what cannot be.
  func mayHaveMissedDeletes() throws -> Bool {
    guard let currentMs = try backend?.currentAsOfMs() else { return false }
    let ageMs = settings.wallNowMs() - currentMs
    guard ageMs > settings.changelogDeleteRetentionMs || ageMs < -Limits.clockSkewMs else { return false }
    let doubt =
      ageMs > 0
      ? "the local store was current longer ago than the changelog keeps deletes"
      : "the local store was current at a time that is still to come"
    log(.warning, "\(doubt); restoring it whole", [("partition", "\(partition)")])
    return true
  }

  /// Empties the store, to be restored from the beginning of its changelogs.
  func wipe() throws {
    restoreBeganMs = settings.wallNowMs()
    try backend?.wipe()
    try backend?.setCurrent(asOfMs: restoreBeganMs)
    if let cluster = io.clusterId { try backend?.setCluster(cluster) }
  }

  /// Every changelog is replayed: make the processor, unless the inputs are not what the store knows of them.
  func start() throws {
    precondition(state == .restoring)
    guard let backend else { preconditionFailure("a restoring task has a store") }
    let formats = RowFormats(topology: topology, partition: partition, backend: backend)
    try formats.check()
    try backend.setCurrent(asOfMs: restoreBeganMs)
    for line in try positions.settle(backend) { log(.warning, line, []) }
    guard positions.stop == nil else { return halt() }
    try attempts.begin(at: positions.next)
    writtenStreamTimeMs = settings.clock == .stream ? try StreamTimeRow.read(backend) : nil
    clock = TaskClock(mode: settings.clock, streamTimeMs: writtenStreamTimeMs ?? 0, wallNowMs: settings.wallNowMs)
    clock.timersAreDueFirst = settings.clock == .stream
    let context = ProcessorContext(
      topology: topology, partition: partition, partitionCount: settings.inputPartitions, backend: backend,
      outbox: outbox, clock: clock, globals: globals, counts: counts, gate: gate, log: log)
    processor = try topology.makeProcessor(context)
    tables = context.tables()
    rewrites = try tables.filter { try formats.mayHoldOld($0.table) }.map(RowRewrite.init)
    state = .running
    awaitsReading = true
  }

  /// Takes nothing more; all it has done is committed.
  func halt() {
    forgetMemory()
    state = .stopped
  }

  var hasToldStop: Bool { positions.stop == toldStop }

  /// The group's offsets, asked for once more, are those that it stopped by. A thread that stood still, and has lost
  /// the partition without knowing, finds others there: its stop means nothing.
  func tellStop() {
    guard let stop = positions.stop, !hasToldStop else { return }
    toldStop = stop
    log(
      .error, "partition stopped: \(stop)",
      [
        ("topic", stop.place.topic), ("partition", "\(partition)"), ("from", "\(stop.next)"),
        ("lostRecords", "\(stop.lostRecords)"),
      ])
  }

  private func forgetMemory() {
    processor = nil
    tables = []
    rewrites = []
    awaitsReading = false
  }

  /// Forgets all that is not committed and goes back to `created`.
  func reset() throws {
    forgetMemory()
    positions.forget()
    try backend?.rollback()
    state = .created
  }

  /// Drops what is not committed and lets go of the store's file.
  func close() {
    forgetMemory()
    attempts.forget()
    backend?.close()
    backend = nil
    state = .created
  }

  /// The process ends: the same, and the store's file outlasts the machine too. That waits for the disk, for which a
  /// rebalance, with others waiting for the partitions, has no time.
  func closeForGood() {
    do {
      try backend?.seal()
    } catch {
      log(.warning, "the store is restored whole if the machine restarts", [("reason", "\(error)")])
    }
    close()
  }

  // MARK: A cycle

  /// False where it is no record to process: the last one again, by which the topic is known, or one that comes too
  /// late. An error of the service that it has no name for is the record's; the record at hand stays noted where it
  /// throws.
  func process(_ record: InputRecord, _ isolation: inout Isolation) throws -> Bool {
    guard let processor else { preconditionFailure("a record came for a task that is not running") }
    guard try positions.takes(record) else { return false }
    atHand.set(record)
    let sentence = isolation.take(record)
    try attempts.takes(record, alone: isolation.isOn)
    do {
      if let sentence { throw sentence }
      try processor.process(record)
    } catch let poison as PoisonRecord {
      deadLetter(record, poison)
    } catch let error as StreamError {
      throw error
    } catch {
      throw StreamError(
        isolating: Isolation.unforeseen, "The service failed on the record with an error of type \(type(of: error)).")
    }
    if !isolation.isOn { atHand.clear() }
    positions.processed(record)
    return true
  }

  private func deadLetter(_ record: InputRecord, _ poison: PoisonRecord) {
    DeadLetter.write(record, poison, topology: topology, to: outbox)
    counts.countDeadLetter()
    log(
      .warning, "dead-lettered a record",
      [
        ("topic", topology.inputTopics[record.topic]), ("partition", "\(partition)"), ("offset", "\(record.offset)"),
        ("code", poison.code),
      ])
  }

  var needsTimersBeforeNextRecord: Bool { state == .running && clock.timersAreDueFirst }

  /// Runs timers that are due, at most `limit` rows; returns how many.
  ///
  /// - Parameter alone: at most one row, which the gate then knows. An error that the service has no name for is its.
  func runTimers(limit: Int, alone: Bool = false) throws -> Int {
    guard let processor else { return 0 }
    gate.begin(alone: alone)
    let nowMs = clock.nowMs
    let due =
      tables.contains { ($0.nextDueMs ?? .max) <= nowMs } || (processor.wakeUpMs ?? .max) <= clock.wallNowMs()
    let count = due ? try blamingTimers { try processor.runTimers(upToMs: nowMs, limit: limit) } : 0
    if count < limit { clock.timersAreDueFirst = false }
    return count
  }

  /// Timers whose pause is over are due again. Returns how many.
  func retryTimers() -> Int {
    for table in tables { table.lookForDueRows() }
    return gate.release()
  }

  private func blamingTimers<Result>(_ work: () throws -> Result) throws -> Result {
    do {
      return try work()
    } catch let error as StreamError {
      throw error
    } catch {
      throw StreamError(
        isolating: Isolation.unforeseenTimer, "The service failed with an error of type \(type(of: error)).")
    }
  }

  /// Stores whose rows of old formats are being written anew.
  var rewritingStores: Int { rewrites.count }

  /// Something to do that no record and no timer brings.
  var hasWorkAtHand: Bool { state == .created || !rewrites.isEmpty }

  /// It is not at work, or will not be in a moment: no time to have a commit under way.
  var wantsCare: Bool {
    state != .running || awaitsReading || positions.stop != nil || !positions.toAsk.isEmpty
      || backend?.hasMissedCheckpoint == true
  }

  /// Goes on with that.
  func rewriteOldRows() throws {
    guard let backend, var rewrite = rewrites.popLast() else { return }
    if try rewrite.step() {
      try RowFormats(topology: topology, partition: partition, backend: backend).forgetOld(rewrite.store)
      let store = topology.stores[rewrite.store]
      log(
        .info, "every row of the store has its present format",
        [("store", store.name), ("partition", "\(partition)"), ("format", "\(store.row.format)")])
    } else {
      rewrites.append(rewrite)
    }
  }

  /// Notes the formats of rows replayed from a changelog.
  func noteFormats(_ met: Set<UInt8>, table: Int) throws {
    guard let backend else { preconditionFailure("a restoring task has a store") }
    try RowFormats(topology: topology, partition: partition, backend: backend).note(met, table: table)
  }

  /// Writes the cycle's rows to the database's open transaction and the outbox. Returns the offsets to commit with
  /// them.
  func flush() throws -> [TopicPartition: Int64] {
    guard let processor, let backend else { return [:] }
    try blamingTimers { try processor.cycleEnding() }
    for table in tables { try table.flush() }
    if settings.clock == .stream, clock.streamTimeMs != writtenStreamTimeMs ?? 0 {
      try StreamTimeRow.write(
        clock.streamTimeMs, to: backend, outbox, topic: topology.firstChangelogTopic + StreamTimeRow.table,
        partition: partition)
      writtenStreamTimeMs = clock.streamTimeMs
    }
    let nowMs = settings.monotonicMs()
    let offsets = positions.toCommit(withMarkers: nowMs - lastOffsetsMs >= Limits.markersWaitMs)
    if !offsets.isEmpty { lastOffsetsMs = nowMs }
    try positions.keep(offsets, in: backend, outbox)
    return offsets
  }

  /// What the cycle puts out is on its way: none of its records can end the process any more, and rows are written
  /// while the broker is at work.
  func outputsSent() throws {
    if gate.count > 0 { try attempts.passedRows(alone: gate.alone) } else { try attempts.passed() }
    try backend?.prepareCommit()
  }

  /// The Kafka transaction is committed: make the store follow.
  ///
  /// - Parameter sinceMs: wall clock before the transaction began: this thread was the partition's owner after that
  ///   still.
  func committed(_ offsets: [TopicPartition: Int64], _ ends: [ChangelogEnd], sinceMs: Int64) throws {
    guard let backend else { preconditionFailure("a running task has a store") }
    try backend.setCurrent(asOfMs: sinceMs)
    for end in ends where end.partition == partition { try backend.setPosition(table: end.table, end.nextOffset) }
    try backend.commit()
    positions.didCommit(offsets)
    processor?.cycleCommitted()
  }

  var gauges: [Gauge] { processor?.gauges ?? [] }

  var rowCounts: [(store: String, rows: Int)] {
    zip(topology.stores, tables).map { ($0.name, $1.rowCount) }
  }

  /// Milliseconds until the next timer or wake-up; nil = none. Stream time does not pass by waiting.
  func msToNextTimer() -> Int64? {
    guard let processor else { return nil }
    let timer = settings.clock == .wall ? tables.compactMap(\.nextDueMs).min().map { $0 - clock.nowMs } : nil
    let wakeUp = processor.wakeUpMs.map { $0 - clock.wallNowMs() }
    return [timer, wakeUp].compactMap { $0 }.min().map { max(0, $0) }
  }
}
