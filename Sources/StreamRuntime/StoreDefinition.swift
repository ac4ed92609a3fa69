/// A store of a service: its name, and what its keys and rows are. Declared once, beside the service's topology; the
/// topology names it with ``caching(_:)``, the processor opens it with ``ProcessorContext/store(_:)``.
public struct StoreDefinition<Key: StoreKey, Row: StoreRow>: Sendable {
  /// As in the changelog's name: `<service>.<name>.changelog`.
  package let name: String
  /// Whose clock the rows' due instants are told by.
  package let timers: StoreTimers

  package init(_ name: String, timers: StoreTimers = .task) {
    precondition(
      Row.formatsRead.contains(Row.format) && Row.formatsRead.lowerBound >= 1, "\(Row.self) reads what it writes")
    self.name = name
    self.timers = timers
  }

  /// The store as a topology declares it.
  ///
  /// - Parameter rowsMax: clean rows kept decoded in memory, a partition. 0 for rows that are written once and seldom
  ///   looked at again: a change of such a row is encoded at once and not kept.
  package func caching(_ rowsMax: Int) -> Topology.StoreSpec {
    Topology.StoreSpec(name: name, row: Row.self, cacheRowsMax: rowsMax, timers: timers)
  }
}

/// Who looks after the due instants of a store's rows, and by which clock.
package enum StoreTimers: Sendable {
  /// The task, by its own clock: it calls ``Processor/runTimers(upToMs:limit:)`` when a row is due.
  case task
  /// The processor, by the machine's clock whatever the task's: it asks to be called by ``Processor/wakeUpMs``.
  case processor
}
