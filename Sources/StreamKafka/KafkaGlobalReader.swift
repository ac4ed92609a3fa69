import Kafka
import StreamRuntime

/// Reads the global topics whole and keeps up with them: an assign-only read_committed consumer of its own. Between two
/// reads nothing is assigned, so that it fetches nothing and answers at once where the topics end, once a cycle.
final class KafkaGlobalReader: GlobalTopicReader {
  private let topology: Topology
  private let consumer: KafkaConsumer
  private var places: [KafkaTopicPartition] = []
  private var next: [KafkaTopicPartition: Int64] = [:]
  private static let timeoutMs: Int32 = 5_000
  private static let pollMs: Int32 = 100
  /// Polls in a row that bring nothing although there is something to read, 5 s in all: then the cycle is given up.
  private static let emptyPollsMax = 50

  init(topology: Topology, settings: KafkaStreamSettings, log: @escaping StreamLog) throws {
    self.topology = topology
    let reader = try kafka("read \(topology.globalTopics)") { () throws(KafkaError) in
      try KafkaConsumer(
        settings: settings.assignedConsumer(
          service: topology.service, purpose: "globals", isolation: "read_committed"), log: kafkaLog(log))
    }
    consumer = reader
    do {
      try kafka("read the global topics") { () throws(KafkaError) in try start() }
    } catch {
      close()
      throw error
    }
  }

  func catchUp(_ body: (Int, UnsafeRawBufferPointer?, UnsafeRawBufferPointer?) throws -> Void) throws -> Bool {
    guard let ends = try ends() else { return false }
    guard ends.contains(where: { (next[$0.key] ?? 0) < $0.value }) else { return true }
    try assign(ends.filter { (next[$0.key] ?? 0) < $0.value }.map(\.key))
    var emptyPolls = 0
    while ends.contains(where: { (next[$0.key] ?? 0) < $0.value }) {
      let message = try kafka("read the global topics") { () throws(KafkaError) in
        try consumer.poll(timeoutMs: Self.pollMs)
      }
      guard let message else {
        emptyPolls += 1
        guard emptyPolls < Self.emptyPollsMax else {
          throw StreamError(.waitForCluster, "the global topics stand still short of their ends")
        }
        continue
      }
      emptyPolls = 0
      let place = KafkaTopicPartition(topic: message.topicName, partition: message.partition)
      if message.isPartitionEOF {
        next[place] = max(next[place] ?? 0, message.offset)
        continue
      }
      guard let topic = topology.globalTopics.firstIndex(of: place.topic) else { continue }
      try body(topic, message.key, message.value)
      next[place] = message.offset + 1
    }
    try kafka("read the global topics") { () throws(KafkaError) in try consumer.unassign() }
    return true
  }

  private func assign(_ places: [KafkaTopicPartition]) throws {
    try kafka("read the global topics") { () throws(KafkaError) in
      try consumer.assign(
        places.map {
          TopicPartitionOffset(topic: $0.topic, partition: $0.partition, offset: next[$0] ?? KafkaOffset.beginning)
        })
    }
  }

  func startOver() { next = [:] }

  func close() {
    // An assign-only consumer has no group to leave, so there is nothing that could fail here but the log line.
    _ = try? consumer.close()
  }

  private func start() throws(KafkaError) {
    for topic in topology.globalTopics {
      guard let count = try consumer.partitionCount(of: topic, timeoutMs: Self.timeoutMs) else {
        throw KafkaError(code: .unknownTopicOrPartition, message: topic)
      }
      for partition in 0..<count { places.append(.init(topic: topic, partition: Int32(partition))) }
    }
  }

  /// Where the topics end; nil while no broker says so.
  private func ends() throws -> [KafkaTopicPartition: Int64]? {
    do throws(KafkaError) {
      let ends = try consumer.endOffsets(places, timeoutMs: Self.timeoutMs)
      return Dictionary(uniqueKeysWithValues: ends.map { ($0.topicPartition, $0.offset) })
    } catch {
      // While the broker is away there is nothing new to read; the cycle itself will meet the same fault.
      guard error.fault == .passing else {
        throw StreamError(error, doing: "look at the global topics")
      }
      return nil
    }
  }
}
