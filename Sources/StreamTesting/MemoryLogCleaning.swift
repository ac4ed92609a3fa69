import StreamRuntime

extension MemoryLog {
  /// What Kafka's log cleaner does to a compacted topic, up to `end`: of each key only the last committed record stays;
  /// a tombstone goes too once `deleteRetentionMs` has passed since the cleaner first met it. Offsets never change.
  func compact(_ place: TopicPartition, upTo end: Int64, nowMs: Int64, deleteRetentionMs: Int64) {
    let log = partition(place)
    var seen: Set<[UInt8]> = []
    for offset in stride(from: min(end, lastStableOffset(place)) - 1, through: 0, by: -1) {
      let index = Int(offset)
      guard !log.records[index].isCompacted, isCommitted(log.records[index]) else { continue }
      guard seen.insert(log.records[index].key ?? []).inserted else {
        log.records[index].isCompacted = true
        continue
      }
      guard log.records[index].value == nil else { continue }
      if let met = log.records[index].cleanedAtMs {
        if nowMs - met > deleteRetentionMs { log.records[index].isCompacted = true }
      } else {
        log.records[index].cleanedAtMs = nowMs
      }
    }
  }

  /// Retention takes what lies before `offset`.
  package func delete(_ place: TopicPartition, before offset: Int64) {
    let log = partition(place)
    log.start = max(log.start, min(offset, highWatermark(place)))
  }

  /// The topic is deleted and made again, empty.
  package func recreate(_ topic: String) {
    for number in 0..<Int32(partitionCount) {
      let log = partition(TopicPartition(topic: topic, partition: number))
      log.records = []
      log.start = 0
    }
  }

  func start(of place: TopicPartition) -> Int64 { partition(place).start }

  /// The offsets that a consumer may read from.
  func bounds(_ place: TopicPartition) -> ClosedRange<Int64> { start(of: place)...highWatermark(place) }
}
