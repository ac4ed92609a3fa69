import CRDKafka

/// A place in a partition, with the text that was committed beside it.
package struct TopicPartitionOffset: Hashable, Sendable, CustomStringConvertible {
  package let topic: String
  package let partition: Int32
  /// A record's offset, or one of `KafkaOffset`.
  package let offset: Int64
  /// The commit's metadata; nil when it has none.
  package let metadata: String?

  package init(topic: String, partition: Int32, offset: Int64, metadata: String? = nil) {
    self.topic = topic
    self.partition = partition
    self.offset = offset
    self.metadata = metadata
  }

  package var topicPartition: KafkaTopicPartition { KafkaTopicPartition(topic: topic, partition: partition) }

  package var description: String { "\(topic)/\(partition)@\(offset)" }
}

/// Offsets that are not a record's.
package enum KafkaOffset {
  /// The first record still in the log.
  package static let beginning = Int64(RD_KAFKA_OFFSET_BEGINNING)
  /// Behind the last record.
  package static let end = Int64(RD_KAFKA_OFFSET_END)
  /// In an assignment: go on from the group's committed offset.
  package static let committed = Int64(RD_KAFKA_OFFSET_STORED)
  /// There is none: nothing committed, or nothing consumed yet.
  package static let none = Int64(RD_KAFKA_OFFSET_INVALID)
}
