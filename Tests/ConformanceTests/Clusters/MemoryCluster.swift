import StreamRuntime
import StreamTesting

/// The in-memory log. Its workers take steps in turn while a test waits.
final class MemoryCluster: ClusterHarness {
  let topology: Topology
  let partitionCount: Int
  private let log: MemoryLog
  private let group: MemoryGroup
  private var disks: [String: MemoryDisk] = [:]
  private var workers: [SteppedWorker] = []
  private static let roundsMax = 100_000

  init(_ topology: Topology, partitionCount: Int) {
    self.topology = topology
    self.partitionCount = partitionCount
    log = MemoryLog(partitionCount: partitionCount)
    group = MemoryGroup(name: topology.service)
  }

  func process(_ name: String, disk: String) -> any StreamIO {
    let own = disks[disk] ?? MemoryDisk()
    disks[disk] = own
    return MemoryIO(
      log: log, group: group, topology: topology, disk: own, transactionalId: "\(topology.service)-\(name)-0",
      nowMs: { 0 })
  }

  func write(_ records: [WrittenRecord], to topic: String, partition: Int32, outcome: TransactionOutcome?) throws {
    let records = records.map { record in
      MemoryLog.Record(
        key: record.key.map { Array($0.utf8) }, value: record.value.map { Array($0.utf8) },
        headers: record.headers.map { ($0.name, Array($0.value.utf8)) })
    }
    guard let outcome else {
      for record in records {
        log.publish(topic, partition: partition, key: record.key, value: record.value, headers: record.headers)
      }
      return
    }
    try log.publish(
      records, to: TopicPartition(topic: topic, partition: partition), isCommitted: outcome == .committed)
  }

  func committed(_ topic: String) throws -> [[WrittenRecord]] {
    (0..<Int32(partitionCount)).map { partition in
      log.records(TopicPartition(topic: topic, partition: partition)).map { _, record in
        WrittenRecord(
          key: record.key.map { String(decoding: $0, as: UTF8.self) },
          value: record.value.map { String(decoding: $0, as: UTF8.self) },
          headers: record.headers.map { .init(name: $0.name, value: String(decoding: $0.value, as: UTF8.self)) })
      }
    }
  }

  func start(_ name: String, disk: String) throws -> any RunningWorker {
    let worker = try SteppedWorker(self, process(name, disk: disk))
    workers.append(worker)
    return worker
  }

  func lose(disk: String) throws { disks[disk]?.lose() }

  func eventually(_ what: String, _ condition: () throws -> Bool) throws {
    for _ in 0..<Self.roundsMax {
      if try condition() { return }
      for worker in workers { worker.step() }
    }
    throw DeadlineMissed(what)
  }

  func remove() throws {}
}

/// A stream thread without a thread.
private final class SteppedWorker: RunningWorker {
  let metrics: WorkerMetrics
  private var thread: StreamThread?
  private var failure: (any Error)?

  init(_ cluster: MemoryCluster, _ io: any StreamIO) throws {
    metrics = WorkerMetrics(service: cluster.topology.service)
    let settings = WorkerSettings(
      clock: .stream, batchRecordsMax: 50, commitIntervalMs: 0, changelogDeleteRetentionMs: .max, wallNowMs: { 0 },
      monotonicMs: { 0 })
    thread = try StreamThread(
      topology: cluster.topology, settings: settings, io: io, index: 0, metrics: metrics
    ) { _, _, _ in }
  }

  var hasFailed: Bool { failure != nil }

  func step() {
    guard let thread, failure == nil else { return }
    do {
      _ = try thread.step()
    } catch {
      failure = error
    }
  }

  func stop() throws {
    thread?.close()
    thread = nil
    if let failure { throw failure }
  }
}
