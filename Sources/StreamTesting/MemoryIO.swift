import StreamRuntime

/// ``StreamIO`` in memory: one process of a service, on a shared log and group, with a disk of its own.
package final class MemoryIO: StreamIO {
  let log: MemoryLog
  let group: MemoryGroup
  let topology: Topology
  let disk: MemoryDisk
  package let transactionalId: String
  /// Called at each step; what it throws is what the adapter would have thrown there.
  package var onStep: ((MemoryStep) throws -> Void)?
  /// Off: the group learns of a stop by the session's timeout, as with static members that restart.
  var leavesGroupOnClose = true
  weak var conditions: (any MemoryConditions)?
  /// For showing that a simulation sees what a careless adapter would do.
  var carelessness = Carelessness.none
  /// Hears, a line each, what reaches log, store and group.
  var trace: ((String) -> Void)?
  let nowMs: @Sendable () -> Int64
  private(set) var isDead = false
  private var backends: [MemoryStoreBackend] = []
  /// The record or the timer that the worker has noted as the one it is at, alone in its cycle.
  private(set) var recordAtHand: String?

  /// `transactionalId` names the instance in the group too.
  package init(
    log: MemoryLog, group: MemoryGroup, topology: Topology, disk: MemoryDisk, transactionalId: String,
    nowMs: @escaping @Sendable () -> Int64
  ) {
    self.log = log
    self.group = group
    self.topology = topology
    self.disk = disk
    self.transactionalId = transactionalId
    self.nowMs = nowMs
  }

  package var clusterId: String? { log.clusterId }

  package func open(
    listener: any RebalanceListener
  ) throws -> (source: any RecordSource, sink: any TransactionalSink) {
    let source = MemorySource(self, listener: listener)
    do {
      try reach(.afterJoin)
      return (source, MemorySink(self, source: source))
    } catch {
      source.close()
      throw error
    }
  }

  package func partitionsToExpect(of count: Int) throws -> [Int32] {
    try checkAlive()
    return group.expectation(instance: transactionalId, partitionCount: count)
  }

  package func globalTopicReader() throws -> (any GlobalTopicReader)? { MemoryGlobalReader(self) }

  package func storeBackend(partition: Int32) throws -> any StoreBackend {
    try checkAlive()
    let backend = try MemoryStoreBackend(
      self, partition: partition, disk.database(partition, tables: topology.stores.count))
    backends.append(backend)
    return backend
  }

  package func note(partition: Int32) throws -> [UInt8]? {
    try checkAlive()
    return disk.notes[partition]
  }

  package func keepNote(_ note: [UInt8]?, partition: Int32) throws {
    try checkAlive()
    disk.notes[partition] = note
    let lines = note.map { String(decoding: $0, as: UTF8.self).split(separator: "\n") } ?? []
    recordAtHand = lines.first { $0.hasPrefix("at ") || $0.hasPrefix("due-at ") }.map { "\($0) of \(partition)" }
  }

  package func changelogReader(_ positions: [ChangelogPosition]) throws -> any ChangelogReader {
    try checkAlive()
    return MemoryChangelogReader(self, positions)
  }

  /// The process is killed: its locks go, what it has not committed goes, and it never does anything again.
  package func die() {
    guard !isDead else { return }
    isDead = true
    for backend in backends { backend.crash() }
    // They hold this port: a process that is gone must not hold its log for ever.
    backends = []
  }

  func checkAlive() throws { if isDead { throw ProcessDied() } }

  func reach(_ step: MemoryStep) throws {
    try checkAlive()
    try onStep?(step)
    try conditions?.reach(step)
    try checkAlive()
  }
}
