import CRDKafka

/// A topic as the cluster describes it.
package struct KafkaTopicMetadata: Hashable, Sendable {
  package let name: String
  package let partitionCount: Int
  package let replicationFactor: Int
}

extension KafkaClient {
  /// The topics that exist: all of them, or the one of a topic handle. Blocks up to `timeoutMs`.
  func metadata(only topic: OpaquePointer?, timeoutMs: Int32) throws(KafkaError) -> [KafkaTopicMetadata] {
    var answer: UnsafePointer<rd_kafka_metadata>?
    try check(rd_kafka_metadata(handle, topic == nil ? 1 : 0, topic, &answer, timeoutMs), "metadata")
    guard let answer else { return [] }
    defer { rd_kafka_metadata_destroy(answer) }
    var topics: [KafkaTopicMetadata] = []
    for entry in UnsafeBufferPointer(start: answer.pointee.topics, count: Int(answer.pointee.topic_cnt)) {
      if entry.err == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART { continue }
      try check(entry.err, "metadata \(String(cString: entry.topic))")
      topics.append(
        KafkaTopicMetadata(
          name: String(cString: entry.topic), partitionCount: Int(entry.partition_cnt),
          replicationFactor: Int(entry.partitions?.pointee.replica_cnt ?? 0)))
    }
    return topics
  }
}
