import Foundation
import Kafka
import StreamKafka
import StreamRuntime
import StreamTesting
import TestTopics

/// A real broker, with topics of its own for each test and real files.
final class BrokerCluster: ClusterHarness {
  let topology: Topology
  let partitionCount: Int
  private let brokers: String
  private let folder: String
  private static let timeoutMs: Int32 = 10_000

  init(_ shape: TopologyShape, partitionCount: Int) throws {
    let run = UUID().uuidString.prefix(8).lowercased()
    topology = shape.topology("counter-\(run)", prefix: "\(run)-")
    self.partitionCount = partitionCount
    folder = FileManager.default.temporaryDirectory.appendingPathComponent("stampede-\(run)").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    brokers = ClusterSide.broker ?? ""
    let specs = (topology.inputTopics + topology.globalTopics + topology.outputTopics).map {
      KafkaTopicSpec(name: $0, partitions: Int32(partitionCount), replicationFactor: 1)
    }
    try ServedTopics.create(specs, settings: ["bootstrap.servers": brokers])
  }

  func settings(_ name: String, disk: String) -> KafkaStreamSettings {
    KafkaStreamSettings(
      cluster: KafkaCluster(brokers: brokers), instance: name, threadIndex: 0, stateDirectory: "\(folder)/\(disk)",
      storeCacheKiB: 1_024, sessionTimeoutMs: 6_000, startupTimeoutMs: 10_000,
      leavesGroupOnStop: true)
  }

  func process(_ name: String, disk: String) -> any StreamIO {
    KafkaStreamIO(topology: topology, settings: settings(name, disk: disk), nowMs: { 0 }, log: { _, _, _ in })
  }

  func write(_ records: [WrittenRecord], to topic: String, partition: Int32, outcome: TransactionOutcome?) throws {
    var settings: KafkaSettings = ["bootstrap.servers": brokers, "enable.idempotence": "true"]
    if outcome != nil { settings["transactional.id"] = "\(topology.service)-writer" }
    let producer = try KafkaProducer(settings: settings) { _, _ in }
    defer { producer.close() }
    if outcome != nil {
      try producer.initTransactions(timeoutMs: Self.timeoutMs)
      try producer.begin()
    }
    let handle = try producer.topic(topic)
    for record in records {
      let headers = KafkaHeaders()
      for header in record.headers { headers.append(header.name, header.value) }
      try lend(record.key) { key in
        try lend(record.value) { value in
          try producer.produce(to: handle, partition: partition, key: key, value: value, headers: headers)
        }
      }
    }
    try producer.flush(timeoutMs: Self.timeoutMs)
    switch outcome {
    case nil: break
    case .committed: try producer.commit(timeoutMs: Self.timeoutMs)
    case .aborted: try producer.abort(timeoutMs: Self.timeoutMs)
    }
  }

  private func lend<Result>(_ text: String?, _ body: (UnsafeRawBufferPointer?) throws -> Result) rethrows -> Result {
    guard let text else { return try body(nil) }
    return try Array(text.utf8).withUnsafeBytes { try body($0) }
  }

  func committed(_ topic: String) throws -> [[WrittenRecord]] {
    let places = (0..<Int32(partitionCount)).map { KafkaTopicPartition(topic: topic, partition: $0) }
    let (all, consumer) = (try reader("read_uncommitted"), try reader("read_committed"))
    defer {
      _ = try? all.close()
      _ = try? consumer.close()
    }
    // Apache Kafka says that a transaction is committed before it has marked it so in every partition.
    try eventually("open transactions to end") {
      try all.endOffsets(places, timeoutMs: Self.timeoutMs).map(\.offset)
        == consumer.endOffsets(places, timeoutMs: Self.timeoutMs).map(\.offset)
    }
    try consumer.assign(
      places.map { TopicPartitionOffset(topic: topic, partition: $0.partition, offset: KafkaOffset.beginning) })
    var found = [[WrittenRecord]](repeating: [], count: partitionCount)
    var ended: Set<Int32> = []
    while ended.count < partitionCount {
      guard let message = try consumer.poll(timeoutMs: 1_000) else { continue }
      if message.isPartitionEOF {
        ended.insert(message.partition)
        continue
      }
      found[Int(message.partition)].append(
        WrittenRecord(
          key: message.key.map { String($0) }, value: message.value.map { String($0) },
          headers: message.headers.map {
            .init(name: $0.name, value: String(decoding: $0.value ?? [], as: UTF8.self))
          }))
    }
    return found
  }

  /// Of no group.
  private func reader(_ isolation: String) throws -> KafkaConsumer {
    try KafkaConsumer(
      settings: [
        "bootstrap.servers": brokers, "group.id": "look", "isolation.level": isolation, "enable.partition.eof": "true",
        "auto.offset.reset": "earliest",
      ]
    ) { _, _ in }
  }

  func start(_ name: String, disk: String) throws -> any RunningWorker {
    ThreadedWorker(topology, settings(name, disk: disk))
  }

  func lose(disk: String) throws { try FileManager.default.removeItem(atPath: "\(folder)/\(disk)") }

  func eventually(_ what: String, _ condition: () throws -> Bool) throws {
    let deadline = Date(timeIntervalSinceNow: 30)
    while try !holds(condition) {
      guard Date() < deadline else { throw DeadlineMissed(what) }
      usleep(20_000)
    }
  }

  /// What a broker says while topics that were just made are not known everywhere is "not yet".
  private func holds(_ condition: () throws -> Bool) throws -> Bool {
    do {
      return try condition()
    } catch let error as StreamError where error.response.waits {
      return false
    }
  }

  func remove() throws { try FileManager.default.removeItem(atPath: folder) }
}

struct DeadlineMissed: Error, CustomStringConvertible {
  let description: String

  init(_ what: String) { description = "waited in vain for: \(what)" }
}
