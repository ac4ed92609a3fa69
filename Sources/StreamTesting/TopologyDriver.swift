import StreamRuntime
import Synchronization

/// Runs a topology synchronously on an in-memory log: publish, run, look at what came out. For tests of services.
///
/// The real ``StreamThread`` runs, so cycles, aborts, restores and timers are those of production. Close it at the end.
package final class TopologyDriver {
  package let log: MemoryLog
  package private(set) var io: MemoryIO
  package let metrics: WorkerMetrics
  package let disk = MemoryDisk()
  /// The wall clock of the worker, milliseconds since 1970.
  package let wall: ManualClock
  /// Its clock that never goes back.
  package let steady = ManualClock(0)
  /// What the worker has logged.
  package var logged: [String] { lines.all.withLock { $0 } }
  private let lines = LogLines()
  private var topology: Topology
  private let settings: WorkerSettings
  private let group: MemoryGroup
  private var thread: StreamThread?

  /// A committed record as text.
  package struct Output: Sendable {
    package var key: String?
    /// Nil: a tombstone.
    package var value: String?
    package var headers: [String: String]
  }

  package init(
    _ topology: Topology, partitionCount: Int = 1, clock: ClockMode = .stream, batchRecordsMax: Int = 100,
    wallNowMs: Int64 = 0, log: MemoryLog? = nil, outputBytesMax: Int = 4_194_304
  ) throws {
    self.topology = topology
    let wall = ManualClock(wallNowMs)
    self.wall = wall
    let log = log ?? MemoryLog(partitionCount: partitionCount)
    self.log = log
    metrics = WorkerMetrics(service: topology.service)
    var settings = WorkerSettings(
      clock: clock, batchRecordsMax: batchRecordsMax, commitIntervalMs: 0, changelogDeleteRetentionMs: .max,
      inputPartitions: partitionCount,
      wallNowMs: { wall.nowMs }, monotonicMs: { [steady] in steady.nowMs })
    settings.outputLimits = topology.outputTopics.map { _ in
      OutputLimit(bytesMax: outputBytesMax, partitions: Int32(partitionCount))
    }
    self.settings = settings
    group = MemoryGroup(name: topology.service)
    io = MemoryIO(
      log: log, group: group, topology: topology, disk: disk, transactionalId: "\(topology.service)-0-0",
      nowMs: { wall.nowMs })
    try start()
  }

  /// A restart of the worker; with `losingDisk` its stores come back from their changelogs alone.
  package func restart(losingDisk: Bool = false) throws {
    close()
    if losingDisk { disk.lose() }
    try start()
  }

  /// A restart of the worker with its stores, under a topology of the same shape: other settings of the service.
  package func restart(as topology: Topology) throws {
    close()
    self.topology = topology
    let wall = wall
    io = MemoryIO(
      log: log, group: group, topology: topology, disk: disk, transactionalId: io.transactionalId,
      nowMs: { wall.nowMs })
    try start()
  }

  /// A worker that dies without a word: nothing of the running cycle is committed.
  package func kill() { close() }

  /// The process is gone, wherever it was; another one starts on its disk.
  package func die() throws {
    io.die()
    close()
    let wall = wall
    io = MemoryIO(
      log: log, group: group, topology: topology, disk: disk, transactionalId: io.transactionalId,
      nowMs: { wall.nowMs })
    try start()
  }

  package func start() throws {
    thread = try StreamThread(topology: topology, settings: settings, io: io, index: 0, metrics: metrics) {
      [lines] _, message, _ in lines.all.withLock { $0.append(message) }
    }
  }

  package func publish(
    _ topic: String, partition: Int32? = nil, key: String?, value: String?, headers: [String: String] = [:]
  ) {
    log.publish(
      topic, partition: partition, key: key.map { Array($0.utf8) }, value: value.map { Array($0.utf8) },
      headers: headers.sorted { $0.key < $1.key }.map { ($0.key, Array($0.value.utf8)) })
  }

  package func publish(_ topic: String, key: [UInt8]?, value: [UInt8]?) { log.publish(topic, key: key, value: value) }

  /// Steps until a few steps in a row have committed nothing and every partition is running.
  package func run() throws {
    guard let thread else { preconditionFailure("the driver's worker is not started") }
    var quiet = 0
    var steps = 0
    while quiet < 8 {
      quiet = try thread.step() || !metrics.isReady ? 0 : quiet + 1
      steps += 1
      precondition(steps < 1_000_000, "the topology does not come to rest")
    }
  }

  /// One cycle; whether it committed anything.
  @discardableResult
  package func step() throws -> Bool {
    guard let thread else { preconditionFailure("the driver's worker is not started") }
    return try thread.step()
  }

  package func outputs(_ topic: String) -> [Output] {
    log.records(topic).map { record in
      Output(
        key: record.key.map { String(decoding: $0, as: UTF8.self) },
        value: record.value.map { String(decoding: $0, as: UTF8.self) },
        headers: Dictionary(
          record.headers.map { ($0.name, String(decoding: $0.value, as: UTF8.self)) }, uniquingKeysWith: { $1 }))
    }
  }

  /// The committed rows of the store of that name, as they stand in its changelog: images by key.
  package func rows(of store: String, partition: Int32 = 0) -> [[UInt8]: [UInt8]] {
    guard let table = topology.table(of: store) else {
      preconditionFailure("the topology of \(topology.service) declares no store named \(store)")
    }
    return disk.rows(partition: partition, table: table)
  }

  /// The committed values of a topic as `read` reads them; a tombstone is none.
  package func values<Value>(
    of topic: String, _ read: (UnsafeRawBufferPointer) throws -> Value
  ) throws -> [Value] {
    try log.records(topic).compactMap(\.value).map { try $0.withUnsafeBytes { try read($0) } }
  }

  package func close() {
    thread?.close()
    thread = nil
  }
}

private final class LogLines: Sendable {
  let all = Mutex<[String]>([])
}

/// A clock that a test moves by hand.
package final class ManualClock: Sendable {
  private let now: Mutex<Int64>
  package init(_ ms: Int64) { now = Mutex(ms) }
  package var nowMs: Int64 {
    get { now.withLock { $0 } }
    set { now.withLock { $0 = newValue } }
  }
}
