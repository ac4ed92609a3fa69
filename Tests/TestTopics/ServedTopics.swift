import Foundation
import Kafka

/// Topics of tests on a real broker: a busy Apache Kafka takes seconds until it serves one that it has made.
package enum ServedTopics {
  private static let patience: TimeInterval = 30
  private static let pause: TimeInterval = 0.05
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
    _ = try awaited { try consumer.endOffsets(places, timeoutMs: callTimeoutMs) }
  }

  /// Asks again what a broker answers with "not yet".
  package static func awaited<Result>(_ ask: () throws -> Result) throws -> Result {
    let deadline = Date(timeIntervalSinceNow: patience)
    while true {
      do {
        return try ask()
      } catch let error as KafkaError where [.passing, .missingTopic].contains(error.fault) && Date() < deadline {
        Thread.sleep(forTimeInterval: pause)
      }
    }
  }
}
