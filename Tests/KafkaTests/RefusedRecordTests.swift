import Kafka
import MockCluster
import TestThreads
import Testing

/// Records that librdkafka refuses when they are handed to it: their headers are freed once, and the producer goes on.
@Suite(.timeLimit(.minutes(10)), .serialized) struct RefusedRecordTests {
  private static let topic = "refused"
  private static let timeoutMs: Int32 = 20_000
  private static let repeats = 500

  private func withProducer(_ body: @escaping @Sendable (KafkaProducer, KafkaTopic) throws -> Void) async throws {
    try await onOwnThread {
      let cluster = MockCluster()
      cluster.createTopic(Self.topic, partitions: 2)
      let producer = try KafkaProducer(
        settings: ["bootstrap.servers": cluster.address, "message.max.bytes": "10000"], log: { _, _ in })
      defer { producer.close() }
      let topic = try producer.topic(Self.topic)
      // From then on it knows how many partitions there are.
      try Self.produce(producer, topic, partition: 0)
      try producer.flush(timeoutMs: Self.timeoutMs)
      try body(producer, topic)
      try Self.produce(producer, topic, partition: 1)
      try producer.flush(timeoutMs: Self.timeoutMs)
      #expect(producer.delivered == 2 && producer.takeDeliveryError() == nil)
    }
  }

  private static func produce(
    _ producer: KafkaProducer, _ topic: KafkaTopic, partition: Int32, headerBytes: Int = 100
  ) throws {
    let headers = KafkaHeaders()
    headers.append("ce_id", "first")
    headers.append("null", nil)
    headers.append("traceparent", String(repeating: "x", count: headerBytes))
    try producer.produce(to: topic, partition: partition, key: nil, value: nil, headers: headers)
  }

  /// librdkafka #4627: freed twice, which ends the process now or at the next record.
  @Test func aPartitionThatIsNotThereIsRefusedWithItsHeaders() async throws {
    try await withProducer { producer, topic in
      for _ in 0..<Self.repeats {
        let error = #expect(throws: KafkaError.self) { try Self.produce(producer, topic, partition: 99) }
        #expect(error?.fault == .missingTopic)
      }
    }
  }

  @Test func aRecordThatIsTooLargeIsRefusedWithItsHeaders() async throws {
    try await withProducer { producer, topic in
      for _ in 0..<Self.repeats {
        let error = #expect(throws: KafkaError.self) {
          try Self.produce(producer, topic, partition: 0, headerBytes: 20_000)
        }
        #expect(error?.code == .messageSizeTooLarge)
      }
    }
  }
}
