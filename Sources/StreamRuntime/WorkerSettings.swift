/// How a worker runs, whatever its business.
package struct WorkerSettings: Sendable {
  package var clock: ClockMode
  /// Records after which a cycle is committed.
  package var batchRecordsMax: Int
  /// The least time from one commit to the next; what comes after a quiet time is committed at once.
  package var commitIntervalMs: Int
  /// A store that was current longer ago is rebuilt, since deletes may have left the changelog: the changelog topics'
  /// `delete.retention.ms`.
  package var changelogDeleteRetentionMs: Int64
  /// Bytes of outputs that a cycle collects before it sends them ahead of its end.
  package var sendAheadBytes = 1 << 20
  /// How long a cluster in motion is waited for.
  package var brokerPatienceMs: Int64
  /// Partitions of each input topic.
  package var inputPartitions: Int
  /// What each of ``Topology/outputTopics`` takes; empty: whatever comes.
  package var outputLimits: [OutputLimit] = []
  /// Where the thread keeps the record that it is at; nil: in a place of its own.
  package var atHand: RecordAtHand?
  /// The machine's clock: milliseconds since 1970.
  package var wallNowMs: @Sendable () -> Int64
  /// A clock that never goes back: milliseconds since an arbitrary instant.
  package var monotonicMs: @Sendable () -> Int64

  package init(
    clock: ClockMode, batchRecordsMax: Int, commitIntervalMs: Int, changelogDeleteRetentionMs: Int64,
    brokerPatienceMs: Int64 = 300_000, inputPartitions: Int = 1, wallNowMs: @escaping @Sendable () -> Int64,
    monotonicMs: @escaping @Sendable () -> Int64
  ) {
    self.clock = clock
    self.batchRecordsMax = batchRecordsMax
    self.commitIntervalMs = commitIntervalMs
    self.changelogDeleteRetentionMs = changelogDeleteRetentionMs
    self.brokerPatienceMs = brokerPatienceMs
    self.inputPartitions = inputPartitions
    self.wallNowMs = wallNowMs
    self.monotonicMs = monotonicMs
  }
}
