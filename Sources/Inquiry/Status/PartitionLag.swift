import Kafka

/// How far one consumer group is behind in one partition.
package struct PartitionLag: Equatable, Sendable {
  package var place: KafkaTopicPartition
  /// The offset the group reads next; nil while it has committed none.
  package var committed: Int64?
  /// The last stable offset, up to which everything is decided.
  package var end: Int64
  /// Records left to read. Exact when few are left; otherwise the span of offsets, which markers and records of aborted
  /// transactions are part of. 0 means exactly that nothing is left.
  package var records: Int64

  package init(place: KafkaTopicPartition, committed: Int64?, end: Int64, records: Int64) {
    self.place = place
    self.committed = committed
    self.end = end
    self.records = records
  }
}

/// Where a group stands in one partition, before the records there have been looked at.
///
/// Offsets alone do not tell the lag: the marker that ends a transaction has an offset of its own, behind the last
/// record that a group commits. So a group that has read everything still stands short of the end.
package struct GroupPosition: Equatable, Sendable {
  package var committed: Int64?
  /// The first offset still in the log.
  package var low: Int64
  package var end: Int64

  package init(committed: Int64?, low: Int64, end: Int64) {
    self.committed = committed
    self.low = low
    self.end = end
  }

  /// Where the group goes on reading.
  package var next: Int64 { min(max(committed ?? low, low), end) }
  package var span: Int64 { end - next }

  /// The lag, given the partition's tail; nil when that holds no record and does not reach back to where the group
  /// stands, so that a longer one must be looked at.
  package func records(in tail: PartitionTail) -> Int64? {
    if next >= tail.start { return Int64(tail.offsets.count { $0 >= next }) }
    return tail.offsets.isEmpty ? nil : span
  }
}
