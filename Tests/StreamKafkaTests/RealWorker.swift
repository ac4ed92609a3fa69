import Foundation
import Kafka
import StreamKafka
import StreamRuntime
import StreamTesting
import Synchronization

/// The counting service on a real broker: topics of its own, instances that a test starts, stops and robs of their disks.
final class RealCluster: Sendable {
  static let brokerVariable = "STAMPEDE_TEST_BROKER"
  static var broker: String? { ProcessInfo.processInfo.environment[brokerVariable] }

  let service: String
  let prefix: String
  let topology: Topology
  let partitionCount: Int
  let folder: String
  private let brokers: String

  init(partitionCount: Int) throws {
    let run = UUID().uuidString.prefix(8).lowercased()
    service = "counter-\(run)"
    prefix = "\(run)-"
    topology = CountingTopology.named(service, prefix: prefix)
    self.partitionCount = partitionCount
    folder = FileManager.default.temporaryDirectory.appendingPathComponent("stampede-\(run)").path
    brokers = Self.broker ?? ""
    let admin = try KafkaAdmin(settings: ["bootstrap.servers": brokers]) { _, _ in }
    defer { admin.close() }
    let results = try admin.createTopics(
      (topology.inputTopics + topology.outputTopics).map {
        KafkaTopicSpec(name: $0, partitions: Int32(partitionCount), replicationFactor: 1)
      }, timeoutMs: 10_000)
    for case let failure? in results.values { throw failure }
  }

  func remove() throws { try FileManager.default.removeItem(atPath: folder) }

  func settings(instance: String) -> KafkaStreamSettings {
    KafkaStreamSettings(
      brokers: brokers, instance: instance, threadIndex: 0, stateDirectory: "\(folder)/\(instance)",
      storeCacheKiB: 1_024,
      sessionTimeoutMs: 6_000, startupTimeoutMs: 10_000)
  }

  func publish(_ topic: String, _ records: [(key: String, value: String)]) throws {
    let producer = try KafkaProducer(
      settings: ["bootstrap.servers": brokers, "enable.idempotence": "true", "partitioner": "murmur2_random"]
    ) { _, _ in }
    defer { producer.close() }
    let handle = try producer.topic(prefix + topic)
    for record in records {
      try Array(record.key.utf8).withUnsafeBytes { key in
        try Array(record.value.utf8).withUnsafeBytes { value in
          try producer.produce(to: handle, partition: KafkaProducer.anyPartition, key: key, value: value)
        }
      }
    }
    try producer.flush(timeoutMs: 10_000)
  }

  /// Writes a record with the key "k" in a transaction of its own, which is committed or taken back. The whole name of
  /// the topic is asked for.
  func write(_ value: String, to topic: String, isCommitted: Bool) throws {
    let producer = try begin(value, to: topic)
    defer { producer.close() }
    if isCommitted {
      try producer.commit(timeoutMs: Self.transactionTimeoutMs)
    } else {
      try producer.abort(timeoutMs: Self.transactionTimeoutMs)
    }
  }

  /// The same, with its transaction still open.
  func begin(_ value: String, to topic: String) throws -> KafkaProducer {
    let producer = try KafkaProducer(
      settings: [
        "bootstrap.servers": brokers, "enable.idempotence": "true", "partitioner": "murmur2_random",
        "transactional.id": "\(service)-writer",
      ]
    ) { _, _ in }
    do {
      try producer.initTransactions(timeoutMs: Self.transactionTimeoutMs)
      try producer.begin()
      let handle = try producer.topic(topic)
      try Array("k".utf8).withUnsafeBytes { key in
        try Array(value.utf8).withUnsafeBytes { value in
          try producer.produce(to: handle, partition: KafkaProducer.anyPartition, key: key, value: value)
        }
      }
      try producer.flush(timeoutMs: Self.transactionTimeoutMs)
    } catch {
      producer.close()
      throw error
    }
    return producer
  }

  private static let transactionTimeoutMs: Int32 = 10_000

  /// Every committed count, in order a key.
  func counts() throws -> [String: [String]] {
    let consumer = try KafkaConsumer(
      settings: [
        "bootstrap.servers": brokers, "group.id": "look", "isolation.level": "read_committed",
        "enable.partition.eof": "true", "auto.offset.reset": "earliest",
      ]
    ) { _, _ in }
    defer { _ = try? consumer.close() }
    try consumer.assign(
      (0..<partitionCount).map {
        TopicPartitionOffset(
          topic: prefix + CountingTopology.counts, partition: Int32($0), offset: KafkaOffset.beginning)
      })
    var found: [String: [String]] = [:]
    var ended: Set<Int32> = []
    while ended.count < partitionCount {
      guard let message = try consumer.poll(timeoutMs: 1_000) else { continue }
      if message.isPartitionEOF {
        ended.insert(message.partition)
        continue
      }
      let key = message.key.map { String(decoding: $0, as: UTF8.self) } ?? ""
      found[key, default: []].append(message.value.map { String(decoding: $0, as: UTF8.self) } ?? "gone")
    }
    return found
  }
}
