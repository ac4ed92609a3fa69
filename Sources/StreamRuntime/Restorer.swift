/// Replays the changelogs of a batch of tasks into their stores, a slice at a time, so that the thread stays
/// responsive.
final class Restorer {
  private let reader: any ChangelogReader
  private let positions: [ChangelogPosition]
  private let topology: Topology
  /// Not restored yet, by partition.
  private var pending: [StreamTask]
  /// Indices of positions that this step has read from.
  private var touched: Set<Int> = []
  /// By position, the formats of the rows that this step has read.
  private var formats: [Set<UInt8>]
  private let log: StreamLog
  private var saidOpenTransaction = false
  private(set) var replayed: Int64 = 0

  /// Opens the stores of `tasks` and checks each against its changelog.
  init(
    _ tasks: [StreamTask], topology: Topology, io: any StreamIO, log: @escaping StreamLog
  ) throws {
    self.topology = topology
    self.log = log
    pending = tasks
    positions = try tasks.flatMap { try $0.beginRestore() }
    formats = positions.map { _ in [] }
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

  /// All that is committed is replayed: to the end, or to a transaction that is still open.
  var isAtCommittedEnd: Bool {
    positions.indices.allSatisfy { isRestored($0) || reader.waitsForOpenTransaction($0) }
  }

  /// Replays what one slice allows and returns the tasks that are restored and started by it.
  func step(timeoutMs: Int) throws -> [StreamTask] {
    if try replay(timeoutMs: timeoutMs) == 0 { sayOpenTransaction() }
    return try startRestored()
  }

  /// Replays what one slice allows into the stores, and says how many records that were.
  @discardableResult
  func replay(timeoutMs: Int) throws -> Int {
    touched.removeAll(keepingCapacity: true)
    let count = try reader.read(limit: Limits.restoreBatchRecords, timeoutMs: timeoutMs) { index, offset, key, image in
      let place = positions[index]
      // A task that has started writes on while the others are restored: its rows are in its store already.
      guard let backend = pending.first(where: { $0.partition == place.partition })?.backend else { return }
      touched.insert(index)
      if let image {
        let head = try head(of: image, index, offset)
        try backend.put(table: place.table, key: key, image: image, dueMs: head.dueMs)
        if key.first != 0 { formats[index].insert(head.format) }
      } else {
        try backend.remove(table: place.table, key: key)
      }
    }
    replayed += Int64(count)
    try commitRows()
    return count
  }

  func close() { reader.close() }

  private func isRestored(_ index: Int) -> Bool { reader.position(index) >= reader.bounds[index].highWatermark }

  private func head(of image: UnsafeRawBufferPointer, _ index: Int, _ offset: Int64) throws -> (
    dueMs: Int64?, format: UInt8
  ) {
    do {
      return try RowImage.head(of: image)
    } catch let error as RowFormatError {
      let place = "\(topology.changelogTopic(table: positions[index].table))[\(positions[index].partition)]@\(offset)"
      throw StreamError(
        .fatal,
        "\(place) holds no row that this release knows: \(error). Run the release that wrote it (docs/upgrading.md)")
    }
  }

  /// The rows of this step, their formats, and the positions behind them.
  private func commitRows() throws {
    for task in pending {
      let indices = positions.indices.filter { touched.contains($0) && positions[$0].partition == task.partition }
      for index in indices {
        try task.noteFormats(formats[index], table: positions[index].table)
        formats[index] = []
        try task.backend?.setPosition(table: positions[index].table, reader.position(index))
      }
      if !indices.isEmpty { try task.backend?.commit() }
    }
  }

  private func startRestored() throws -> [StreamTask] {
    var started: [StreamTask] = []
    for task in pending {
      let indices = positions.indices.filter { positions[$0].partition == task.partition }
      guard indices.allSatisfy(isRestored) else { continue }
      if try task.mayHaveMissedDeletes() {
        try startWhole(task, indices)
        continue
      }
      for index in indices {
        try task.backend?.setPosition(table: positions[index].table, reader.position(index))
      }
      try task.start()
      // A restart soon after must not replay the same again.
      try task.backend?.checkpoint()
      started.append(task)
    }
    pending.removeAll { $0.state != .restoring }
    return started
  }

  /// A store that missed deletes is rebuilt; one that is ahead of its changelog stops the worker.
  private func checkBounds(_ task: StreamTask) throws {
    let indices = positions.indices.filter { positions[$0].partition == task.partition }
    guard !task.isForeign else {
      let areEmpty = indices.allSatisfy { reader.bounds[$0].logStart >= reader.bounds[$0].highWatermark }
      return try task.dropForeignStore(changelogsAreEmpty: areEmpty)
    }
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
