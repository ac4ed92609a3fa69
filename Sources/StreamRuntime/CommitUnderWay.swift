/// A cycle whose transaction is being committed: what is to be done once it is.
struct CommitUnderWay {
  /// Those that have a part in it.
  let tasks: [StreamTask]
  let offsets: [TopicPartition: Int64]
  let counts: CycleCounts
  /// Records and timers, of which it may fail.
  let taken: Taken
  /// By output topic.
  var recordsOut: [Int64] = []
  /// By the clock that never goes back, when the last of its outputs were sent.
  let startMs: Int64
  /// Wall clock, before it is committed.
  let sinceMs: Int64

  /// How much a cycle has at stake.
  struct Taken {
    var records = 0
    var timers = 0

    static func + (one: Taken, other: Taken) -> Taken {
      Taken(records: one.records + other.records, timers: one.timers + other.timers)
    }
  }
}
