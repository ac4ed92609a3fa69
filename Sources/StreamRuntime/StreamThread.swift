/// One stream thread: a consumer, a transactional producer, and the tasks of the partitions the group has given it.
///
/// A cycle (``step()``): poll records and process them one by one; run timers; flush rows; one Kafka transaction with
/// outputs, changelog and offsets; then the stores commit. While that goes on, and records wait, the next one is
/// processed already. Kafka first, the store second: a crash between the two is healed by replaying the changelog. A
/// failed cycle leaves nothing, nor does the one behind it: tasks start again from what is committed.
///
/// Everything here runs on the thread that calls ``run()`` or ``step()``.
package final class StreamThread {
  let topology: Topology
  let settings: WorkerSettings
  private let io: any StreamIO
  let index: Int
  let metrics: WorkerMetrics
  let log: StreamLog
  private let globals: GlobalTables
  let source: any RecordSource
  private let sink: any TransactionalSink
  private let inputs: InputWatch
  private var output: CycleOutput
  private let rebalances = RebalanceInbox()
  private var tasks: [Int32: StreamTask] = [:] {
    didSet { orderedTasks = tasks.values.sorted { $0.partition < $1.partition } }
  }
  /// By partition: what a cycle does must not depend on how a dictionary is laid out.
  private(set) var orderedTasks: [StreamTask] = []
  var restorer: Restorer?
  private var lookup: OffsetLookup
  private var failedCycles = 0
  var isolation = Isolation()
  let atHand: RecordAtHand
  /// By this cycle, those that failed it included.
  private var recordsTaken = 0
  /// Whose turn it was last to run one timer alone.
  var timerTurn = 0
  private var patience: Patience
  /// A failed cycle is not behind us yet: the sink must have ended its transaction, and the group be heard.
  private var isUnsettled = false
  /// The cycle before has looked at the global topics after its last record.
  private var hasConfirmedGlobals = false
  private let counts: CycleCounts
  var lags = KnownLags()
  /// The group has said which partitions are this thread's, none perhaps, and has not taken that back.
  private(set) var hasAssignment = false
  private var lastCommitMs = Int64.min / 2
  private var isClosed = false

  /// Opens consumer and producer (fencing an older instance of the same id) and reads the global topics.
  package init(
    topology: Topology, settings: WorkerSettings, io: any StreamIO, index: Int, metrics: WorkerMetrics,
    log: @escaping StreamLog
  ) throws {
    self.topology = topology
    self.settings = settings
    self.io = io
    self.index = index
    self.metrics = metrics
    self.log = log
    counts = CycleCounts(topics: topology.inputTopics.count)
    lookup = OffsetLookup(service: topology.service)
    atHand = settings.atHand ?? RecordAtHand()
    atHand.name(topology.inputTopics)
    metrics.update { $0.inputPartitions = Int64(settings.inputPartitions) }
    patience = Patience(limitMs: settings.brokerPatienceMs, seed: index, nowMs: settings.monotonicMs, log: log)
    globals = GlobalTables(
      reader: topology.globalTopics.isEmpty ? nil : try io.globalTopicReader(), topology, metrics: metrics, log: log)
    do {
      try globals.catchUp()
      (source, sink) = try io.open(listener: rebalances)
      inputs = InputWatch(source, settings: settings)
      output = CycleOutput(sink, topology, settings)
    } catch {
      globals.close()
      throw error
    }
    rebalances.thread = self
  }

  deinit { precondition(isClosed, "a stream thread must be closed before it goes") }

  /// Cycles until `shouldStop` says so, then commits, lets go of the partitions and returns.
  package func run(until shouldStop: () -> Bool) throws {
    defer { close() }
    while !shouldStop() { try step(stopping: shouldStop) }
    try commitLastCycle()
  }

  // MARK: A cycle

  /// One cycle. Returns whether it committed anything.
  @discardableResult
  package func step(stopping shouldStop: () -> Bool = { false }) throws -> Bool {
    defer { publishFigures() }
    do {
      guard try settle() else { return false }
      if orderedTasks.contains(where: \.wantsCare) { try endCommit() }
      // Those that are waited for will be looked at before the commit again, those that are only followed will not.
      if !hasConfirmedGlobals || topology.hasFollowedGlobals { try globals.catchUp() }
      hasConfirmedGlobals = false
      try locateTasks()
      try restore()
      if try inputs.lookAfter(orderedTasks) { try readInputs() }
      let committed = try runCycle(shouldStop)
      if committed { failedCycles = 0 }
      if committed || orderedTasks.allSatisfy({ $0.state == .running }) { patience.end() }
      hasConfirmedGlobals = committed
      return committed
    } catch let error as StreamError {
      guard error.response.startsOver else { throw naming(error) }
      try startOver(after: error)
      return false
    }
  }

  private func runCycle(_ shouldStop: () -> Bool) throws -> Bool {
    retryTimers()
    let takes = isolation.beginCycle()
    if takes.timers { try runUrgentTimers() }
    let hasMore =
      try takes.records && !orderedTasks.contains(where: \.needsTimersBeforeNextRecord) && pollRecords(shouldStop)
    try rethrowRebalanceFailure()
    inputs.takeNews(tasks, topology)
    // What is due is looked for in the stores.
    try endCommit()
    if takes.timers { try runTimers() }
    let committed = try commit(evenIfEmpty: isolation.wantsControl)
    if !hasMore || isolation.isOn || !topology.overlapsCommits { try endCommit() }
    if committed { isolation.committed() }
    return committed
  }

  /// Returns whether records are left that the next cycle will find at once.
  private func pollRecords(_ shouldStop: () -> Bool) throws -> Bool {
    var deadlineMs = settings.monotonicMs() + Int64(idleWaitMs())
    var backlogDeadlineMs = deadlineMs
    var count = 0
    let limit = isolation.isOn ? 1 : settings.batchRecordsMax
    while count < limit, output.byteCount < Limits.cycleBytesMax {
      guard let record = try nextRecord(before: deadlineMs) else { return false }
      guard let task = tasks[record.partition], task.state == .running else {
        throw StreamError(
          .abortTransaction,
          "a record came for \(topology.inputTopics[record.topic])[\(record.partition)], which is not running here")
      }
      recordsTaken += 1
      guard try task.process(record, &isolation) else {
        if task.positions.stop != nil { return false }
        continue
      }
      if count == 0 {
        let nowMs = settings.monotonicMs()
        // Who comes after a quiet time waits for nobody.
        deadlineMs = max(nowMs, lastCommitMs + Int64(settings.commitIntervalMs))
        // While records are at hand a longer cycle costs nobody latency, and halves what commits cost.
        backlogDeadlineMs = max(deadlineMs, nowMs + Int64(Limits.backlogCycleMs))
      }
      count += 1
      counts.recordsIn[record.topic] += 1
      try sendAhead()
      if task.needsTimersBeforeNextRecord { return false }
      if count % Limits.recordsBetweenClockLooks == 0 {
        if shouldStop() { return false }
        if settings.monotonicMs() >= backlogDeadlineMs { return true }
      }
    }
    return true
  }

  /// The next record; nil at the deadline, or when a rebalance wants the thread's attention.
  private func nextRecord(before deadlineMs: Int64) throws -> InputRecord? {
    // While records are at hand this asks no clock.
    if let record = try source.poll(timeoutMs: 0) { return record }
    while rebalances.isQuiet {
      let leftMs = deadlineMs - settings.monotonicMs()
      guard leftMs > 0 else { return nil }
      if let record = try source.poll(timeoutMs: Int(leftMs)) { return record }
    }
    return nil
  }

  /// How long an empty poll may wait.
  private func idleWaitMs() -> Int {
    if restorer != nil || orderedTasks.contains(where: \.hasWorkAtHand) { return 0 }
    let timer = runningTasks.compactMap { $0.msToNextTimer() }.min() ?? .max
    return Int(min(Int64(settings.commitIntervalMs), timer))
  }

  /// Flush, then the rest of one Kafka transaction, whose end ``endCommit()`` waits for; the one before has ended.
  private func commit(evenIfEmpty: Bool = false) throws -> Bool {
    var offsets: [TopicPartition: Int64] = [:]
    for task in runningTasks {
      offsets.merge(try task.flush()) { $1 }
      try sendAhead()
    }
    guard !output.isEmpty || !offsets.isEmpty || evenIfEmpty else { return false }
    if offsets.isEmpty { offsets = runningTasks.map(\.positions.asTheyStand).first { !$0.isEmpty } ?? [:] }
    guard !output.isEmpty || !offsets.isEmpty else { return false }
    let startMs = settings.monotonicMs()
    try output.send()
    for task in runningTasks { try task.outputsSent() }
    try globals.confirm()
    try output.beginCommit(
      CommitUnderWay(
        tasks: runningTasks, offsets: offsets, counts: counts.copy(), taken: taken, startMs: startMs,
        sinceMs: settings.wallNowMs()))
    forgetCycle()
    return true
  }

  /// Waits for the transaction that is being committed, if there is one, and makes the stores follow. It is behind us
  /// then, whether it came through or not.
  private func endCommit() throws {
    guard let (cycle, ends) = try output.endCommit() else { return }
    for task in cycle.tasks { try task.committed(cycle.offsets, ends, sinceMs: cycle.sinceMs) }
    lastCommitMs = settings.monotonicMs()
    metrics.committed(
      seconds: Double(lastCommitMs - cycle.startMs) / 1000, cycle.counts, recordsOut: cycle.recordsOut, topology)
    output.forgetCommit()
  }

  /// What has collected goes out as it grows; once the transaction before has ended.
  private func sendAhead() throws {
    guard output.isWorthSending else { return }
    try endCommit()
    try output.send()
  }

  var runningTasks: [StreamTask] { orderedTasks.filter { $0.state == .running } }

  /// By this cycle.
  private var taken: CommitUnderWay.Taken {
    .init(records: recordsTaken, timers: orderedTasks.reduce(0) { $0 + $1.gate.count })
  }

  // MARK: Tasks

  /// Asks for the committed offsets of new tasks; while a transaction leaves them unstable, the next step asks again.
  private func locateTasks() throws {
    let new = orderedTasks.filter { $0.state == .created }
    guard !new.isEmpty, restorer == nil else { return }
    guard try lookup.locate(new, source) else { return }
    restorer = try Restorer(new, topology: topology, io: io, log: log)
  }

  private func restore() throws {
    guard let restorer else { return }
    let endMs = settings.monotonicMs() + Int64(Limits.restoreSliceMs)
    repeat {
      for task in try restorer.step(timeoutMs: Limits.restoreSliceMs) where task.state == .running {
        learn(from: task)
        log(.info, "task running", [("partition", "\(task.partition)"), ("replayed", "\(restorer.replayed)")])
      }
    } while !restorer.isDone && settings.monotonicMs() < endMs
    if restorer.isDone {
      metrics.update { $0.restoreRecords += restorer.replayed }
      dropRestorer()
    }
  }

  /// The inputs of all tasks that run, each from where its task stands.
  private func readInputs() throws {
    var offsets: [TopicPartition: Int64] = [:]
    for task in runningTasks { offsets.merge(task.positions.toRead) { $1 } }
    try source.read(from: offsets)
  }

  private func dropRestorer() {
    restorer?.close()
    restorer = nil
  }

  /// A cycle failed and nothing of it may stay. What became of the one before it is its own affair.
  private func startOver(after failure: StreamError) throws {
    let error = try outcomeBefore(failure)
    for task in orderedTasks { try task.attempts.passed() }
    metrics.update { $0.cyclesAborted += 1 }
    if error.response.waits {
      try patience.meet(error)
    } else {
      failedCycles += 1
      if blame(error, of: output.takenUnderWay + taken, failures: failedCycles) { failedCycles = 0 }
      guard failedCycles < Limits.failedCyclesInARow else {
        throw naming(StreamError(.fatal, "\(failedCycles) cycles failed in a row; the last one: \(error)"))
      }
      log(.warning, "cycle aborted, starting over from what is committed", [("reason", error.description)])
    }
    isUnsettled = true
    do {
      try output.abort()
    } catch let error as StreamError where error.response.startsOver {
      log(.debug, "the transaction has not ended yet", [("reason", error.description)])
    }
    forgetCycle()
    dropRestorer()
    try source.read(from: [:])
    for task in orderedTasks {
      if error.response == .rebuildStore { try task.backend?.wipe() }
      try task.reset()
    }
  }

  /// Ends the commit that is still under way: what it fails of comes first.
  private func outcomeBefore(_ failure: StreamError) throws -> StreamError {
    do {
      try endCommit()
      return failure
    } catch let error as StreamError where error.response.startsOver {
      return error
    }
  }

  /// After a failed cycle: false, a poll a call, until the pause has passed and the sink is ready.
  private func settle() throws -> Bool {
    let pauseMs = min(patience.pauseLeftMs, Limits.pauseSliceMs)
    guard pauseMs > 0 || isUnsettled else { return true }
    // The cause may be that the partitions are gone, which only a poll tells. Nothing is read meanwhile.
    _ = try source.poll(timeoutMs: pauseMs)
    try rethrowRebalanceFailure()
    guard patience.pauseLeftMs == 0 else { return false }
    try output.finishAbort()
    isUnsettled = false
    return true
  }

  // MARK: Rebalances

  func assigned(_ partitions: [TopicPartition]) throws {
    let numbers = try topology.numbers(of: partitions)
    for number in numbers.sorted() {
      tasks[number] = StreamTask(
        partition: number, topology: topology, settings: settings, io: io, outbox: output.outbox, globals: globals,
        counts: counts, atHand: atHand, log: log)
    }
    log(.info, "partitions assigned", [("partitions", describe(numbers))])
    hasAssignment = true
    lags.keepOnly(partitions: Set(tasks.keys))
    // Known at once, or the worker would pass for ready until this step ends.
    publishFigures()
  }

  func revoked(_ partitions: [TopicPartition], lost: Bool) throws {
    let numbers = Set(partitions.map(\.partition))
    log(
      lost ? .warning : .info, lost ? "partitions lost" : "partitions revoked", [("partitions", describe(numbers))])
    dropRestorer()
    defer {
      forgetCycle()
      hasAssignment = false
      for number in numbers.sorted() { tasks.removeValue(forKey: number)?.close() }
    }
    try endCommit()
    if lost { try output.abort() } else { _ = try commit() }
    try endCommit()
    for task in orderedTasks where task.state != .running { try task.reset() }
  }

  private func rethrowRebalanceFailure() throws {
    if let failure = rebalances.takeFailure() { throw failure }
  }

  private func describe(_ partitions: Set<Int32>) -> String {
    partitions.sorted().map(String.init).joined(separator: ",")
  }

  // MARK: Ending

  private func commitLastCycle() throws {
    do {
      try endCommit()
      _ = try commit()
      try endCommit()
    } catch let error as StreamError where error.response.startsOver {
      log(.warning, "the last cycle was aborted; it will be done again", [("reason", error.description)])
    }
  }

  /// Closes everything; what is not committed is dropped.
  package func close() {
    guard !isClosed else { return }
    isClosed = true
    forgetCycle()
    dropRestorer()
    for task in orderedTasks { task.closeForGood() }
    tasks = [:]
    rebalances.thread = nil
    source.close()
    sink.close()
    globals.close()
  }

  /// The cycle is committed, or will never be.
  private func forgetCycle() {
    output.clear()
    counts.clear()
    atHand.clear()
    for task in orderedTasks { task.gate.endCycle() }
    recordsTaken = 0
  }
}
