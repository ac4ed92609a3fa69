/// A cycle whose transaction is being committed: what is to be done once it is.
struct CommitUnderWay {
  /// Those that have a part in it.
  let tasks: [StreamTask]
  let offsets: [TopicPartition: Int64]
  let counts: CycleCounts
  /// Of which it may fail.
  let recordsTaken: Int
  /// By output topic.
  var recordsOut: [Int64] = []
  /// By the clock that never goes back, when the last of its outputs were sent.
  let startMs: Int64
  /// Wall clock, before it is committed.
  let sinceMs: Int64
}
