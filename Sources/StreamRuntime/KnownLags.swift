/// How far behind the ends of their inputs the partitions of a thread are, as last known. A partition keeps its figure
/// while the group decides and while its store is restored, since an alert that watches it must not fall silent
/// when nothing is processed; it loses it when the group has given the partition to somebody else.
struct KnownLags {
  private(set) var all: [TopicPartition: Int64] = [:]

  mutating func note(_ partition: TopicPartition, _ lag: Int64?) {
    if let lag { all[partition] = lag }
  }

  /// The group has said what this thread holds.
  mutating func keepOnly(partitions: Set<Int32>) {
    all = all.filter { partitions.contains($0.key.partition) }
  }
}
