/// Replays the changelogs of a batch of tasks into their stores, a slice at a time, so that the thread stays responsive.
final class Restorer {
  private let reader: any ChangelogReader
  private let positions: [ChangelogPosition]
  private let topology: Topology
  private let batchBytes: Int
  /// Not restored yet, by partition.
  private var pending: [StreamTask]
  /// Read and not written yet, one a position.
  private var batches: [RestoreBatch]
  private let log: StreamLog
  private var saidOpenTransaction = false
  private(set) var replayed: Int64 = 0

  /// Opens the stores of `tasks` and checks each against its changelog.
  init(
    _ tasks: [StreamTask], topology: Topology, settings: WorkerSettings, io: any StreamIO, log: @escaping StreamLog
  ) throws {
    self.topology = topology
    batchBytes = settings.restoreBatchBytes
    self.log = log
    pending = tasks
    positions = try tasks.flatMap { try $0.beginRestore() }
    batches = positions.map { _ in RestoreBatch() }
    reader = try io.changelogReader(positions)
    do {
      for task in tasks { try checkBounds(task) }
    } catch {
      reader.close()
      throw error
    }
  }

  var isDone: Bool { pending.isEmpty }

  var remaining: Int64 {
    positions.indices.reduce(0) { $0 + max(0, reader.bounds[$1].highWatermark - reader.position($1)) }
  }

  /// Replays what one slice allows and returns the tasks that are restored and started by it.
  func step(timeoutMs: Int) throws -> [StreamTask] {
    let count = try reader.read(limit: Limits.restoreBatchRecords, timeoutMs: timeoutMs) { index, _, key, image in
      // A task that has started writes on while the others are restored: its rows are in its store already.
      guard pending.contains(where: { $0.partition == positions[index].partition }) else { return }
      batches[index].append(key: key, image: image)
    }
    replayed += Int64(count)
    if count == 0 { sayOpenTransaction() }
    let isComplete = positions.indices.contains { !batches[$0].isEmpty && isRestored($0) }
    if count == 0 || isComplete || batches.reduce(0, { $0 + $1.byteCount }) >= batchBytes {
      try writeBatches()
    }
    return try startRestored()
  }

  func close() { reader.close() }

  private func isRestored(_ index: Int) -> Bool { reader.position(index) >= reader.bounds[index].highWatermark }

  /// Rows and the positions behind them, in one transaction a store.
  private func writeBatches() throws {
    for task in pending {
      guard let backend = task.backend else { preconditionFailure("a restoring task has a store") }
      for index in positions.indices where positions[index].partition == task.partition && !batches[index].isEmpty {
        try batches[index].apply(to: backend, table: positions[index].table)
        try backend.setPosition(table: positions[index].table, reader.position(index))
      }
      try backend.commit()
    }
  }

  private func startRestored() throws -> [StreamTask] {
    var started: [StreamTask] = []
    for task in pending {
      let indices = positions.indices.filter { positions[$0].partition == task.partition }
      guard indices.allSatisfy({ isRestored($0) && batches[$0].isEmpty }) else { continue }
      if try task.mayHaveMissedDeletes() {
        try startWhole(task, indices)
        continue
      }
      for index in indices {
        try task.backend?.setPosition(table: positions[index].table, reader.position(index))
      }
      try task.start()
      try task.backend?.commit()
      started.append(task)
    }
    pending.removeAll { $0.state == .running }
    return started
  }

  /// A store that missed deletes is rebuilt; one that is ahead of its changelog stops the worker.
  private func checkBounds(_ task: StreamTask) throws {
    let indices = positions.indices.filter { positions[$0].partition == task.partition }
    var mustRebuild = false
    for index in indices {
      guard let offset = positions[index].offset else { continue }
      let bounds = reader.bounds[index]
      let name = "\(topology.changelogTopic(table: positions[index].table))[\(task.partition)]"
      if offset > bounds.highWatermark {
        throw StreamError(
          .fatal,
          "the local store has read \(name) up to offset \(offset), but it ends at \(bounds.highWatermark): the topic was "
            + "recreated or lost data. Restore the topic; or, to go on with what it holds, delete this worker's state folder"
        )
      }
      if offset < bounds.logStart { mustRebuild = true }
    }
    guard mustRebuild else { return }
    log(
      .warning, "the changelog starts after the local store's position; restoring the store whole",
      [("partition", "\(task.partition)")])
    try startWhole(task, indices)
  }

  private func startWhole(_ task: StreamTask, _ indices: [Int]) throws {
    try task.wipe()
    for index in indices { try reader.restart(index, at: reader.bounds[index].logStart) }
  }

  private func sayOpenTransaction() {
    guard !saidOpenTransaction, let index = positions.indices.first(where: { reader.waitsForOpenTransaction($0) })
    else {
      return
    }
    saidOpenTransaction = true
    log(
      .warning,
      "waiting for a transaction that another producer left open; it ends by its timeout, or at once with `loyalty fence`",
      [
        ("changelog", topology.changelogTopic(table: positions[index].table)),
        ("partition", "\(positions[index].partition)"),
      ])
  }
}
