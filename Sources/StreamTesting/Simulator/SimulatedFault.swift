/// A way to break exactly-once on purpose, so that a test can show that the simulator sees it. None of them is a switch
/// in the runtime: they are wrappers around its ports, or a careless adapter.
package enum SimulatedFault: String, CaseIterable, Sendable {
  /// The stores commit before the Kafka transaction does.
  case storeCommitsFirst
  /// A store commits, with a cycle, what the next one has written already.
  case storeTakesTheNextCycleToo
  /// Some row changes do not reach the changelog.
  case changelogRecordSkipped
  /// Deletes do not reach the changelog.
  case tombstoneNotWritten
  /// A restore does not carry out deletes.
  case tombstoneNotRestored
  /// The position to go on from is kept beside the store instead of with the group.
  case offsetsTakenFromStore
  /// Offsets go with the group metadata of the first generation, for ever.
  case staleGroupMetadata
  /// Offsets go without group metadata.
  case noGroupMetadata
  /// A cycle of timers alone sends no offsets, so nobody compares generations. (The runtime did so once.)
  case timersWithoutOffsets
  /// A start does not fence the older producer of its id.
  case noFencing
  /// After a commit of unknown outcome the same producer goes on.
  case noRenewal
  /// Inputs are read before their transactions are decided.
  case inputReadUncommitted
  /// Changelogs are replayed before their transactions are decided.
  case restoreReadUncommitted
  /// What an aborted cycle wrote to the store stays.
  case storeNotRolledBack
  /// A store does not know how old it is, so deletes that left the changelog are missed.
  case ageOfStoreForgotten
  /// A store counts as current with its first restored rows. (The runtime did so once.)
  case restoringCountsAsCurrent
  /// Reference records are heard of late.
  case referenceRecordsLate
  /// Outputs are sent outside the transaction.
  case outputsNotTransactional

  /// What an adapter does wrong by itself.
  var carelessness: Carelessness {
    switch self {
    case .staleGroupMetadata: .staleGroupMetadata
    case .noGroupMetadata: .noGroupMetadata
    case .noFencing: .noFencing
    case .noRenewal: .noRenewal
    case .inputReadUncommitted: .inputUncommitted
    case .restoreReadUncommitted: .restoreUncommitted
    default: .none
    }
  }
}

/// What a broken adapter leaves out, among what ``MemoryIO`` does as the Kafka adapter does it.
enum Carelessness {
  case none, staleGroupMetadata, noGroupMetadata, noFencing, noRenewal, inputUncommitted, restoreUncommitted
}
