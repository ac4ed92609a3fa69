/// Restores the stores that a thread is going to need before it joins a group that is at work, so that its partitions,
/// which the others give up when it joins, stand still for the tail of their changelogs only.
///
/// What it expects is a guess from the group as it stands. Where the guess is wrong the stores restored in vain lie on
/// the disk as those of partitions that moved away do, and the task restores what it lacks, as ever. So a failure here
/// is no failure of the worker: what is wrong with the disk or the topics shows again, and is answered, when the task
/// starts.
package enum WarmUp {
  /// Blocks until the stores are restored, or `shouldStop`. Call on the thread, before its ``StreamThread`` is made.
  package static func run(
    topology: Topology, settings: WorkerSettings, io: any StreamIO, index: Int, metrics: WorkerMetrics,
    log: @escaping StreamLog, until shouldStop: () -> Bool
  ) throws {
    do {
      let partitions = try io.partitionsToExpect(of: settings.inputPartitions)
      guard !partitions.isEmpty else { return }
      try restore(partitions, topology, settings, io, index, metrics, log, until: shouldStop)
    } catch let error as StreamError {
      log(.warning, "joining the group without having restored ahead", [("reason", error.description)])
    }
  }

  private static func restore(
    _ partitions: [Int32], _ topology: Topology, _ settings: WorkerSettings, _ io: any StreamIO, _ index: Int,
    _ metrics: WorkerMetrics, _ log: @escaping StreamLog, until shouldStop: () -> Bool
  ) throws {
    let tasks = partitions.map {
      StreamTask(
        partition: $0, topology: topology, settings: settings, io: io, outbox: Outbox(),
        globals: GlobalTables(reader: nil, topology, metrics: nil, log: log),
        counts: CycleCounts(topics: topology.inputTopics.count), atHand: RecordAtHand(), log: log)
    }
    defer { for task in tasks { task.close() } }
    for task in tasks { task.locate([:]) }
    let restorer = try Restorer(tasks, topology: topology, io: io, log: log)
    defer { restorer.close() }
    log(
      .info, "restoring ahead of joining the group",
      [
        ("partitions", partitions.map(String.init).joined(separator: ",")), ("records", "\(restorer.remaining)"),
      ])
    while !restorer.isAtCommittedEnd, !shouldStop() {
      try restorer.replay(timeoutMs: Limits.restoreSliceMs)
      metrics.update { figures in
        figures.threads[index, default: .init()].restoreRemaining = restorer.remaining
        figures.threads[index]?.lastStepMs = settings.monotonicMs()
      }
    }
    for task in tasks { try task.backend?.checkpoint() }
    metrics.update { $0.restoreRecords += restorer.replayed }
    log(.info, "restored ahead of joining the group", [("replayed", "\(restorer.replayed)")])
  }
}
