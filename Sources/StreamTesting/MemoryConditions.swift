import StreamRuntime

/// The moments at which a test may strike. What it throws there is what the adapter would have thrown.
package enum MemoryStep: String, Sendable, CaseIterable {
  case poll, fetchOffsets
  case beforeBegin, afterRecord, afterProduce, afterOffsets, afterCommit, beforeRenewal
  case storeWrite, beforeStoreCommit, afterStoreCommit
  case afterJoin, restoreRead, globalRead
}

/// What becomes of the call that commits a transaction.
package enum EndFate: String, Sendable {
  case arrives
  /// It is carried out, and the answer is lost.
  case arrivesUnanswered
  /// It never reaches the broker.
  case lost
  /// It is given up by the client and reaches the broker later.
  case delayed
}

/// The world around one worker on a ``MemoryLog``: a seeded simulation decides here. Without one, all goes well.
package protocol MemoryConditions: AnyObject {
  func reach(_ step: MemoryStep) throws
  func fateOfCommit() -> EndFate
  /// Whether a commit that begins is through before its outcome is asked for.
  func commitsAtOnce() -> Bool
  /// Whether this poll hears what the group has to say.
  func hearsGroup() -> Bool
  /// Which of `count` partitions is asked first; nil: nothing came in time.
  func firstPartition(of count: Int) -> Int?
  func isSlow(_ place: TopicPartition) -> Bool
  /// Where a consumer at `position` reads next: sometimes further back, which a client library must not do and does.
  func readsNext(at position: Int64) -> Int64
  /// Whether this commit of a store reaches its disk; if not, it does so with a later one, as a store that writes
  /// behind.
  func reachesDisk() -> Bool
  /// Records that one read of the changelog brings at most.
  func restoreSlice() -> Int
  /// A call has blocked for that long.
  func waited(ms: Int)
}

/// The process died while it was inside a call.
package struct ProcessDied: Error {}
