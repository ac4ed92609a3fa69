import CRDKafka

/// A topic to create.
package struct KafkaTopicSpec: Sendable {
  package let name: String
  package let partitions: Int32
  package let replicationFactor: Int32
  /// Topic settings under Kafka's names, `cleanup.policy` and the like.
  package let config: [String: String]

  package init(name: String, partitions: Int32, replicationFactor: Int32, config: [String: String] = [:]) {
    self.name = name
    self.partitions = partitions
    self.replicationFactor = replicationFactor
    self.config = config
  }

  /// The caller frees it.
  func makeNewTopic() throws(KafkaError) -> OpaquePointer {
    guard let topic = rd_kafka_NewTopic_new(name, partitions, replicationFactor, nil, 0) else {
      throw KafkaError(
        code: .invalidArgument, message: "create \(name): invalid name, partitions or replication factor")
    }
    for (key, value) in config {
      let code = rd_kafka_NewTopic_set_config(topic, key, value)
      guard code == RD_KAFKA_RESP_ERR_NO_ERROR else {
        rd_kafka_NewTopic_destroy(topic)
        throw KafkaError(code, doing: "create \(name), \(key)")
      }
    }
    return topic
  }
}
