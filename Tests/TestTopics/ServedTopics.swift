import Kafka

/// Topics of tests on a real broker.
package enum ServedTopics {
  /// How long a topic that was made may take until it is served: a busy Apache Kafka takes seconds.
  private static let patience: Duration = .seconds(30)
  private static let callTimeoutMs: Int32 = 10_000

  /// Creates topics, and returns when each partition has a leader that answers for it. Throws why one was not created.
  package static func create(_ specs: [KafkaTopicSpec], settings: KafkaSettings) throws {
    let admin = try KafkaAdmin(settings: settings) { _, _ in }
    defer { admin.close() }
    for refused in try admin.createTopics(specs, timeoutMs: callTimeoutMs).values { throw refused }
    let alone: KafkaSettings = ["group.id": "served-topics", "auto.offset.reset": "earliest"]
    let consumer = try KafkaConsumer(settings: settings.merging(alone), log: { _, _ in })
    defer { _ = try? consumer.close() }
    let places = specs.flatMap { spec in
      (0..<spec.partitions).map { KafkaTopicPartition(topic: spec.name, partition: $0) }
    }
    let deadline = ContinuousClock.now + patience
    while true {
      do throws(KafkaError) {
        _ = try consumer.endOffsets(places, timeoutMs: callTimeoutMs)
        return
      } catch {
        guard [.passing, .missingTopic].contains(error.fault), .now < deadline else { throw error }
        _ = try? consumer.poll(timeoutMs: 20)
      }
    }
  }
}
