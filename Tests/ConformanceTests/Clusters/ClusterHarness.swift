import Foundation
import StreamRuntime
import StreamTesting
import TestThreads
import Testing

/// A log and a consumer group on one side of the ports, with the topics of one topology in it.
protocol ClusterHarness: AnyObject {
  var topology: Topology { get }
  var partitionCount: Int { get }
  /// The ports of one process.
  func process(_ name: String, disk: String) -> any StreamIO
  /// Writes records to one partition, each on its own or, with an outcome, all in one transaction.
  func write(_ records: [WrittenRecord], to topic: String, partition: Int32, outcome: TransactionOutcome?) throws
  /// Every committed record of a topic by now, partition by partition.
  func committed(_ topic: String) throws -> [[WrittenRecord]]
  /// Runs stream threads of the topology's service.
  func start(_ name: String, disk: String) throws -> any RunningWorker
  func lose(disk: String) throws
  /// Lets everything go on until `condition` holds.
  func eventually(_ what: String, _ condition: () throws -> Bool) throws
  func remove() throws
}

enum TransactionOutcome { case committed, aborted }

/// A process of the service at work.
protocol RunningWorker: AnyObject {
  var metrics: WorkerMetrics { get }
  /// It has stopped by itself; ``stop()`` throws what it died of.
  var hasFailed: Bool { get }
  /// Asks it to stop and waits; throws what it died of.
  func stop() throws
}

struct WrittenRecord: Equatable, CustomStringConvertible {
  var key: String?
  /// Nil: a tombstone.
  var value: String?
  var headers: [Header] = []

  struct Header: Equatable {
    var name: String
    var value: String
  }

  var description: String { "\(key ?? "-")=\(value ?? "gone")" }
}

extension ClusterHarness {
  /// With a disk of its own.
  func process(_ name: String) -> any StreamIO { process(name, disk: name) }

  func start(_ name: String) throws -> any RunningWorker { try start(name, disk: name) }

  func write(_ records: [WrittenRecord], to topic: String, partition: Int32 = 0) throws {
    try write(records, to: topic, partition: partition, outcome: nil)
  }

  /// Texts under the key "k".
  func write(_ values: String..., to topic: String, outcome: TransactionOutcome? = nil) throws {
    try write(values.map { WrittenRecord(key: "k", value: $0) }, to: topic, partition: 0, outcome: outcome)
  }
}

/// The sides of the ports.
enum ClusterSide: String, CustomTestStringConvertible {
  case memory, kafka

  static let brokerVariable = "STAMPEDE_TEST_BROKER"
  static var broker: String? { ProcessInfo.processInfo.environment[brokerVariable] }
  /// Kafka where there is a broker, as under `make test`.
  static var available: [ClusterSide] { broker == nil ? [.memory] : [.memory, .kafka] }

  var testDescription: String { rawValue }

  /// Runs `body` with topics that no other test uses.
  func withCluster(
    partitions: Int = 1, _ shape: TopologyShape = .counting,
    _ body: @escaping @Sendable (any ClusterHarness) throws -> Void
  ) async throws {
    try await onOwnThread {
      let harness: any ClusterHarness =
        switch self {
        case .memory: MemoryCluster(shape.topology("counter", prefix: ""), partitionCount: partitions)
        case .kafka: try BrokerCluster(shape, partitionCount: partitions)
        }
      do {
        try body(harness)
      } catch {
        try harness.remove()
        throw error
      }
      try harness.remove()
    }
  }
}

/// The services that the tests run.
enum TopologyShape {
  /// ``CountingTopology``.
  case counting
  /// Two stores and a global topic; its processor is not used.
  case wide

  func topology(_ service: String, prefix: String) -> Topology {
    let counting = CountingTopology.named(service, prefix: prefix)
    switch self {
    case .counting: return counting
    case .wide:
      return Topology(
        service: service, inputTopics: counting.inputTopics,
        stores: ["counts", "others"].map(CountingTopology.store), globalTopics: [prefix + "references"],
        outputTopics: [prefix + CountingTopology.counts], makeProcessor: counting.makeProcessor)
    }
  }
}
