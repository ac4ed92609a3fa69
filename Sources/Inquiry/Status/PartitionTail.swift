import Kafka

/// The last stretch of a partition: where it starts and the offsets of its committed records, up to the end.
package struct PartitionTail: Equatable {
  package var start: Int64
  package var offsets: [Int64] = []

  package init(start: Int64) {
    self.start = start
  }

  /// How many offsets before the end are looked at first, and by how much more when there is no record among them: a
  /// long run of markers and aborted records is rare.
  private static let offsetsFirst: Int64 = 1_000
  private static let growth: Int64 = 10

  /// For each partition that some group has not finished, a tail that decides every group's lag there: back to a
  /// record, or to where the last of the groups stands.
  package static func read(
    _ positions: [KafkaTopicPartition: [GroupPosition]], _ reader: TopicReader
  ) throws -> [KafkaTopicPartition: PartitionTail] {
    var tails: [KafkaTopicPartition: PartitionTail] = [:]
    var length = offsetsFirst
    var open = positions.filter { $0.value.contains { $0.span > 0 } }
    while !open.isEmpty {
      let wanted = open.compactMap { place, groups -> TopicReader.Range? in
        guard let end = groups.first?.end, let next = groups.map(\.next).min() else { return nil }
        return TopicReader.Range(place, from: max(next, end - length), end: end)
      }
      for range in wanted { tails[range.place] = PartitionTail(start: range.from) }
      try reader.read(wanted) { message in
        let place = KafkaTopicPartition(topic: message.topicName, partition: message.partition)
        tails[place]?.offsets.append(message.offset)
      }
      open = open.filter { place, groups in
        guard let tail = tails[place] else { return false }
        return groups.contains { $0.records(in: tail) == nil }
      }
      length *= growth
    }
    return tails
  }
}
