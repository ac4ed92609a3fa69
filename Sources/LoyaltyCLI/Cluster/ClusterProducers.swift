import Inquiry
import Kafka

/// The clients that write.
extension Cluster {
  /// As for the workers: larger than any record a topic takes.
  private static let messageBytesMax = 8 << 20

  /// Idempotent; partitions by key as every producer of the platform does.
  package func producer() throws -> KafkaProducer {
    try KafkaProducer(settings: settings(Self.producing), log: log)
  }

  package func transactionalProducer(_ id: String) throws -> KafkaProducer {
    try KafkaProducer(
      settings: settings(
        Self.producing.merging(["transactional.id": id, "transaction.timeout.ms": "60000"])), log: log)
  }

  private static var producing: KafkaSettings {
    [
      "enable.idempotence": "true",
      "acks": "all",
      "partitioner": "murmur2_random",
      "linger.ms": "5",
      "batch.size": "1000000",
      "message.timeout.ms": "60000",
      "message.max.bytes": "\(messageBytesMax)",
      "queue.buffering.max.messages": "200000",
      "queue.buffering.max.kbytes": "65536",
    ]
  }
}
