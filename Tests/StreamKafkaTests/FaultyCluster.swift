import Foundation
import Kafka
import MockCluster
import StreamKafka
import StreamRuntime
import StreamTesting

/// A thread's ports on a cluster that answers with faults.
final class FaultyCluster: RebalanceListener {
  let mock = MockCluster()
  let topology = CountingTopology.named("counter", prefix: "")
  let settings: KafkaStreamSettings
  let io: KafkaStreamIO
  private let folder = FileManager.default.temporaryDirectory.appendingPathComponent("stampede-\(UUID().uuidString)")
  private(set) var assignments = 0
  private static let patience: Duration = .seconds(40)

  init() {
    for topic in topology.inputTopics + topology.outputTopics { mock.createTopic(topic) }
    let settings = KafkaStreamSettings(
      cluster: KafkaCluster(brokers: mock.address), instance: "a", threadIndex: 0, stateDirectory: folder.path,
      storeCacheKiB: 1_024, sessionTimeoutMs: 6_000, startupTimeoutMs: 2_000)
    io = KafkaStreamIO(topology: topology, settings: settings, nowMs: { 0 }, log: { _, _, _ in })
    self.settings = settings
  }

  func partitionsAssigned(_ partitions: [TopicPartition]) { assignments += 1 }
  func partitionsRevoked(_ partitions: [TopicPartition], lost: Bool) {}

  /// Opens the ports, as often as it takes.
  func withPorts(_ body: (any RecordSource, any TransactionalSink) throws -> Void) throws {
    let (source, sink) = try eventually("the ports") { try io.open(listener: self) }
    defer {
      sink.close()
      source.close()
    }
    try body(source, sink)
  }

  /// Waits until the sink has settled what a failed cycle left.
  func settle(_ sink: any TransactionalSink) throws {
    try eventually("the outcome to be settled") { () throws -> Void in try sink.abort() }
  }

  /// The error that one cycle's outputs and offsets end with, if they do.
  func failure(of sink: any TransactionalSink) -> StreamError? {
    do {
      try cycle(sink)
      return nil
    } catch {
      return error as? StreamError ?? StreamError(.fatal, "not an error of the runtime: \(error)")
    }
  }

  /// One cycle's outputs and offsets.
  func cycle(_ sink: any TransactionalSink) throws {
    try send(sink)
    _ = try sink.commit(offsets: [TopicPartition(topic: topology.inputTopics[0], partition: 0): 1])
  }

  /// One record of the open transaction.
  func send(_ sink: any TransactionalSink) throws {
    let outbox = Outbox()
    Array("a".utf8).withUnsafeBytes { outbox.send(topic: 0, partition: 0, key: $0, value: $0) }
    try sink.send(outbox)
  }

  func publish(_ value: String, to topic: String) throws {
    let producer = try KafkaProducer(settings: ["bootstrap.servers": mock.address]) { _, _ in }
    defer { producer.close() }
    let handle = try producer.topic(topic)
    try Array(value.utf8).withUnsafeBytes { try producer.produce(to: handle, partition: 0, key: nil, value: $0) }
    try producer.flush(timeoutMs: 10_000)
  }

  /// Again while waiting may help, until the deadline.
  func eventually<Result>(_ what: String, _ body: () throws -> Result) throws -> Result {
    let deadline = ContinuousClock.now + Self.patience
    while true {
      do {
        return try body()
      } catch let error as StreamError where error.response.waits && .now < deadline {
        usleep(100_000)
      }
    }
  }
}
