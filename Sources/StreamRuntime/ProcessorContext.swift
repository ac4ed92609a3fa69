/// What a processor may use: its stores, the outbox, the clock, the thread's global tables.
public final class ProcessorContext {
  package let partition: Int32
  /// Partitions of each input topic.
  package let partitionCount: Int
  package let outbox: Outbox
  package let clock: TaskClock
  /// The thread's reader of ``Topology/globalTopics``.
  package let globals: GlobalTables
  package let metrics: WorkerMetrics
  package let log: StreamLog

  private let topology: Topology
  private let backend: any StoreBackend
  private(set) var tables: [any ChangeloggedTable] = []

  init(
    topology: Topology, partition: Int32, partitionCount: Int, backend: any StoreBackend, outbox: Outbox,
    clock: TaskClock,
    globals: GlobalTables, metrics: WorkerMetrics, log: @escaping StreamLog
  ) {
    self.topology = topology
    self.partition = partition
    self.partitionCount = partitionCount
    self.backend = backend
    self.outbox = outbox
    self.clock = clock
    self.globals = globals
    self.metrics = metrics
    self.log = log
  }

  /// Opens the store of that name; each once, inside ``Topology/makeProcessor``.
  @inlinable public func store<Key: StoreKey, Row: StoreRow>(
    _ name: String, key: Key.Type = Key.self, row: Row.Type = Row.self
  ) throws -> Store<Key, Row> {
    let store = try Store<Key, Row>(at: place(of: name))
    add(store)
    return store
  }

  @usableFromInline func place(of name: String) -> StorePlace {
    guard let table = topology.stores.firstIndex(where: { $0.name == name }) else {
      preconditionFailure("the topology of \(topology.service) declares no store named \(name)")
    }
    return StorePlace(
      backend: backend, outbox: outbox, table: table, changelogTopic: topology.firstChangelogTopic + table,
      partition: partition, cacheRowsMax: topology.stores[table].cacheRowsMax,
      hasTaskTimers: topology.stores[table].timers == .task)
  }

  @usableFromInline func add(_ table: any ChangeloggedTable) { tables.append(table) }
}

/// Where a store reads and writes.
@usableFromInline struct StorePlace {
  @usableFromInline let backend: any StoreBackend
  @usableFromInline let outbox: Outbox
  @usableFromInline let table: Int
  /// Index into ``Topology/outputTopics``.
  @usableFromInline let changelogTopic: Int
  @usableFromInline let partition: Int32
  /// Clean rows kept in memory.
  @usableFromInline let cacheRowsMax: Int
  /// Whether the task looks after rows that are due.
  @usableFromInline let hasTaskTimers: Bool
}

/// A line for the operator: level, message, fields. May be called from any thread.
package typealias StreamLog =
  @Sendable (_ level: StreamLogLevel, _ message: String, _ fields: [(String, String)]) -> Void

package enum StreamLogLevel: Sendable { case debug, info, warning, error }
