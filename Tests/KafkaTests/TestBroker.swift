import Foundation
import Kafka
import TestTopics
import Testing

/// The real broker these tests talk to, started by `make test`, and clients set up for it.
enum TestBroker {
  static let variable = "STAMPEDE_TEST_BROKER"
  static let address = ProcessInfo.processInfo.environment[variable]
  static let timeoutMs: Int32 = 20_000
  private static let pollMs: Int32 = 50

  static func settings(_ more: KafkaSettings = [:]) throws -> KafkaSettings {
    let common: KafkaSettings = ["bootstrap.servers": try #require(address), "socket.nagle.disable": "true"]
    return common.merging(more)
  }

  /// A name no other test uses.
  static func uniqueName(_ stem: String) -> String {
    "\(stem)-\(UUID().uuidString.lowercased())"
  }

  static func createTopic(partitions: Int32 = 1, _ stem: String = "wrapper") throws -> String {
    let name = uniqueName(stem)
    let spec = KafkaTopicSpec(name: name, partitions: partitions, replicationFactor: 1)
    try ServedTopics.create([spec], settings: settings())
    return name
  }

  static func producer(_ more: KafkaSettings = [:]) throws -> KafkaProducer {
    let base: KafkaSettings = ["enable.idempotence": "true", "linger.ms": "0"]
    return try KafkaProducer(settings: settings(base.merging(more)), log: { _, _ in })
  }

  static func transactionalProducer(_ id: String) throws -> KafkaProducer {
    let producer = try producer(["transactional.id": id, "transaction.timeout.ms": "10000"])
    do {
      try producer.initTransactions(timeoutMs: timeoutMs)
    } catch {
      producer.close()
      throw error
    }
    return producer
  }

  static func consumer(
    group: String, _ more: KafkaSettings = [:], onRebalance: KafkaRebalanceHandler? = nil
  ) throws -> KafkaConsumer {
    let base: KafkaSettings = [
      "group.id": group, "enable.auto.commit": "false", "enable.auto.offset.store": "false",
      "auto.offset.reset": "earliest", "enable.partition.eof": "true", "isolation.level": "read_committed",
      "partition.assignment.strategy": "range", "session.timeout.ms": "6000", "fetch.wait.max.ms": "10",
    ]
    return try KafkaConsumer(settings: settings(base.merging(more)), log: { _, _ in }, onRebalance: onRebalance)
  }

  /// For a `defer`: a test that threw must still close its clients, which trap when dropped open.
  static func close(_ consumer: KafkaConsumer) {
    do throws(KafkaError) {
      try consumer.close()
    } catch {
      // A fatal error was thrown by poll before; close repeats it.
      if !error.isFatal { Issue.record(error) }
    }
  }

  /// The consumer's next message; nil when none came in time, or what came instead passes: Apache Kafka does not know a
  /// topic everywhere as soon as it has made it.
  static func next(_ consumer: KafkaConsumer, timeoutMs: Int32) throws -> KafkaMessage? {
    do throws(KafkaError) {
      return try consumer.poll(timeoutMs: timeoutMs)
    } catch {
      guard [.passing, .missingTopic].contains(error.fault) else { throw error }
      return nil
    }
  }

  /// Polls the consumers in turn until `isDone` says so after a message, or after none came; throws at the deadline.
  static func poll(
    _ consumers: KafkaConsumer..., until isDone: (consuming KafkaMessage?) throws -> Bool
  ) throws {
    let deadline = ContinuousClock.now + .seconds(30)
    while ContinuousClock.now < deadline {
      for consumer in consumers {
        if try isDone(next(consumer, timeoutMs: pollMs)) { return }
      }
    }
    throw DeadlineMissed()
  }

  /// The values (as text) of one partition from its beginning to its end, read alone, with the isolation given.
  static func values(of topic: String, isolation: String = "read_committed") throws -> [String?] {
    let reader = try consumer(group: "alone", ["isolation.level": isolation])
    defer { TestBroker.close(reader) }
    try reader.assign([TopicPartitionOffset(topic: topic, partition: 0, offset: KafkaOffset.beginning)])
    var values: [String?] = []
    try poll(reader) { message in
      guard let message else { return false }
      if message.isPartitionEOF { return true }
      values.append(message.value.map { String(decoding: $0, as: UTF8.self) })
      return false
    }
    try reader.close()
    return values
  }
}

struct DeadlineMissed: Error {}
