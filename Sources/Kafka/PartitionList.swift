import CRDKafka
import Foundation

/// An owned `rd_kafka_topic_partition_list_t`.
struct PartitionList: ~Copyable {
  let pointer: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>

  init(_ partitions: some Collection<KafkaTopicPartition>) {
    pointer = rd_kafka_topic_partition_list_new(Int32(partitions.count))
    for entry in partitions { rd_kafka_topic_partition_list_add(pointer, entry.topic, entry.partition) }
  }

  init(_ offsets: some Collection<TopicPartitionOffset>) {
    pointer = rd_kafka_topic_partition_list_new(Int32(offsets.count))
    for entry in offsets {
      guard let added = rd_kafka_topic_partition_list_add(pointer, entry.topic, entry.partition) else { continue }
      added.pointee.offset = entry.offset
      guard let metadata = entry.metadata, let copy = strdup(metadata) else { continue }
      // The list frees it.
      added.pointee.metadata = UnsafeMutableRawPointer(copy)
      added.pointee.metadata_size = strlen(copy)
    }
  }

  /// Takes over a list that librdkafka handed out.
  init(consuming pointer: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>) {
    self.pointer = pointer
  }

  deinit {
    rd_kafka_topic_partition_list_destroy(pointer)
  }

  var partitions: [KafkaTopicPartition] { Self.partitions(of: pointer) }

  var offsets: [TopicPartitionOffset] {
    Self.entries(of: pointer).map { entry in
      var metadata: String?
      if let base = entry.metadata, entry.metadata_size > 0 {
        metadata = String(decoding: UnsafeRawBufferPointer(start: base, count: entry.metadata_size), as: UTF8.self)
      }
      return TopicPartitionOffset(
        topic: String(cString: entry.topic), partition: entry.partition, offset: entry.offset, metadata: metadata)
    }
  }

  /// Many calls succeed as a whole and answer for each partition in the list: the first of those that failed.
  func check(_ operation: String) throws(KafkaError) {
    for entry in Self.entries(of: pointer) where entry.err != RD_KAFKA_RESP_ERR_NO_ERROR {
      throw KafkaError(entry.err, doing: "\(operation) \(String(cString: entry.topic))/\(entry.partition)")
    }
  }

  static func partitions(of list: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>) -> [KafkaTopicPartition] {
    entries(of: list).map { KafkaTopicPartition(topic: String(cString: $0.topic), partition: $0.partition) }
  }

  private static func entries(
    of list: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>
  ) -> UnsafeBufferPointer<rd_kafka_topic_partition_t> {
    UnsafeBufferPointer(start: list.pointee.elems, count: Int(list.pointee.cnt))
  }
}
