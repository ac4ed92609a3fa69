import Inquiry
import Kafka

/// The clients that write.
extension Cluster {
  package func producer() throws -> KafkaProducer {
    try KafkaProducer(settings: kafka.producer(Self.clientId, Self.writing), log: log)
  }

  package func transactionalProducer(_ id: String) throws -> KafkaProducer {
    let transactional: KafkaSettings = ["transactional.id": id, "transaction.timeout.ms": "60000"]
    return try KafkaProducer(
      settings: kafka.producer(Self.clientId, Self.writing.merging(transactional)), log: log)
  }

  private static var writing: KafkaSettings { ["message.timeout.ms": "60000"] }
}
