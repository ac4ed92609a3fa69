/// What a processor may use: its stores, the outbox, the clock, the thread's global tables.
public final class ProcessorContext {
  package let partition: Int32
  /// Partitions of each input topic.
  package let partitionCount: Int
  package let outbox: Outbox
  package let clock: TaskClock
  package let counts: CycleCounts
  package let log: StreamLog

  private let topology: Topology
  private let backend: any StoreBackend
  private let globals: GlobalTables
  private let gate: DueRowGate
  /// By table; nil until the processor has opened it.
  private var opened: [(any ChangeloggedTable)?]

  init(
    topology: Topology, partition: Int32, partitionCount: Int, backend: any StoreBackend, outbox: Outbox,
    clock: TaskClock, globals: GlobalTables, counts: CycleCounts, gate: DueRowGate, log: @escaping StreamLog
  ) {
    self.topology = topology
    self.partition = partition
    self.partitionCount = partitionCount
    self.backend = backend
    self.outbox = outbox
    self.clock = clock
    self.globals = globals
    self.gate = gate
    self.counts = counts
    self.log = log
    opened = Array(repeating: nil, count: topology.stores.count)
  }

  /// Opens a store that the topology declares; each once, inside ``Topology/makeProcessor``.
  @inlinable public func store<Key: StoreKey, Row: StoreRow>(
    _ definition: StoreDefinition<Key, Row>
  ) throws -> Store<Key, Row> {
    let place = place(of: definition)
    let store = try Store<Key, Row>(at: place)
    open(store, at: place)
    return store
  }

  @usableFromInline func place<Key: StoreKey, Row: StoreRow>(of definition: StoreDefinition<Key, Row>) -> StorePlace {
    guard let table = topology.table(of: definition.name), topology.stores[table].row == Row.self else {
      preconditionFailure(
        "the topology of \(topology.service) declares no store named \(definition.name) of \(Row.self)")
    }
    return StorePlace(
      name: "\(topology.service).\(definition.name), partition \(partition)", backend: backend, outbox: outbox,
      table: table, changelogTopic: topology.firstChangelogTopic + table, partition: partition,
      cacheRowsMax: topology.stores[table].cacheRowsMax, hasTaskTimers: topology.stores[table].timers == .task,
      gate: gate)
  }

  @usableFromInline func open(_ table: any ChangeloggedTable, at place: StorePlace) {
    precondition(opened[place.table] == nil, "the store \(topology.stores[place.table].name) is opened twice")
    opened[place.table] = table
  }

  /// The stores in the order of the topology. The processor must have opened all of them.
  func tables() -> [any ChangeloggedTable] {
    opened.enumerated().map { index, table in
      guard let table else {
        preconditionFailure("the processor of \(topology.service) must open the store \(topology.stores[index].name)")
      }
      return table
    }
  }

  /// The thread's copy of one of ``Topology/globalTopics``.
  package func global(_ topic: String) -> GlobalTable {
    guard let index = topology.globalTopics.firstIndex(of: topic) else {
      preconditionFailure("the topology of \(topology.service) declares no global topic \(topic)")
    }
    return GlobalTable(of: globals, topic: index)
  }

  /// Where ``Outbox`` takes records for one of the topology's output topics.
  package func output(_ topic: String) -> Int {
    guard let index = topology.outputTopics.firstIndex(of: topic) else {
      preconditionFailure("the topology of \(topology.service) declares no output topic \(topic)")
    }
    return index
  }
}

/// Where a store reads and writes.
@usableFromInline struct StorePlace {
  /// For error texts.
  let name: String
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
  /// What it hands out of what is due.
  @usableFromInline let gate: DueRowGate

  @usableFromInline func damaged(_ error: RowFormatError) -> any Error {
    StreamError(
      .fatal,
      "a row of \(name) cannot be read: \(error). Delete this worker's state folder, to restore it from the changelogs; if "
        + "the same is said then, the changelog holds the row: run the release that wrote it (docs/upgrading.md)")
  }
}

/// A line for the operator: level, message, fields. May be called from any thread.
package typealias StreamLog =
  @Sendable (_ level: StreamLogLevel, _ message: String, _ fields: [(String, String)]) -> Void

package enum StreamLogLevel: Sendable { case debug, info, warning, error }
