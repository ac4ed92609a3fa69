import Contracts
import Kafka

/// Reads given partitions alone: committed records only, none of an open transaction. One thread; close it.
package final class TopicReader {
  private let cluster: Cluster
  private let consumer: KafkaConsumer

  /// A stretch of a partition, up to where its end was when somebody looked.
  package struct Range: Equatable, Sendable {
    package var place: KafkaTopicPartition
    package var from: Int64
    package var end: Int64

    package init(_ place: KafkaTopicPartition, from: Int64, end: Int64) {
      self.place = place
      self.from = from
      self.end = end
    }
  }

  private static let pollMs: Int32 = 100
  /// Without a single record or end of partition for so long, the broker counts as gone.
  private static let silenceMax: Duration = .seconds(30)

  package init(_ cluster: Cluster) throws {
    self.cluster = cluster
    consumer = try cluster.consumer()
  }

  /// The whole partition: from the first record still there to the last stable offset.
  package func range(of place: KafkaTopicPartition) throws -> Range {
    let (low, high) = try cluster.patiently { try consumer.queryWatermarks(place, timeoutMs: Cluster.timeoutMs) }
    return Range(place, from: low, end: high)
  }

  /// All partitions of a topic, whole.
  package func ranges(of topic: String, partitionCount: Int) throws -> [Range] {
    try (0..<Int32(partitionCount)).map { try range(of: KafkaTopicPartition(topic: topic, partition: $0)) }
  }

  /// Lends every record of the ranges to `body`, per partition in order.
  package func read(_ ranges: [Range], _ body: (borrowing KafkaMessage) throws -> Void) throws {
    let wanted = ranges.filter { $0.from < $0.end }
    guard !wanted.isEmpty else { return }
    var open = Dictionary(wanted.map { ($0.place, $0.end) }, uniquingKeysWith: { _, last in last })
    try assign(wanted)
    var heard = ContinuousClock.now
    while !open.isEmpty {
      guard let message = try poll() else {
        guard heard.duration(to: .now) < Self.silenceMax else {
          throw InquiryError.silentBroker(open.keys.sorted())
        }
        continue
      }
      heard = .now
      let place = KafkaTopicPartition(topic: message.topicName, partition: message.partition)
      guard let end = open[place] else { continue }
      // Markers of transactions may lie behind the last record: only the end of the partition tells then.
      let next = message.isPartitionEOF ? message.offset : message.offset + 1
      if !message.isPartitionEOF, message.offset < end { try Self.lend(message, body) }
      if next >= end { open[place] = nil }
    }
  }

  /// Lends records from the ranges' ends on, as they come, until `body` returns true or the deadline has passed; says
  /// which of the two it was.
  package func follow(
    _ ranges: [Range], until deadline: ContinuousClock.Instant, _ body: (borrowing KafkaMessage) throws -> Bool
  ) throws -> Bool {
    guard .now < deadline else { return false }
    try assign(ranges.map { Range($0.place, from: $0.end, end: .max) })
    while .now < deadline {
      guard let message = try poll(), !message.isPartitionEOF else { continue }
      if try Self.lend(message, body) { return true }
    }
    return false
  }

  /// Lends records of the range in stretches, the newest stretch first and each larger than the one before, until
  /// `isEnough` says so after a stretch or the range is done; says which of the two it was. Within a stretch records
  /// come in their order.
  package func lookBack(
    _ range: Range, beginStretch: () -> Void = {}, record: (borrowing KafkaMessage) throws -> Void,
    isEnough: () throws -> Bool
  ) throws -> Bool {
    var end = range.end
    var length = Self.lookBackOffsets
    while end > range.from {
      let from = max(range.from, end - length)
      beginStretch()
      try read([Range(range.place, from: from, end: end)], record)
      if try isEnough() { return true }
      end = from
      length *= Self.lookBackGrowth
    }
    return false
  }

  private static let lookBackOffsets: Int64 = 10_000
  private static let lookBackGrowth: Int64 = 4

  package func close() {
    // An assign-only consumer has no group to leave, so there is nothing left that could fail.
    _ = try? consumer.close()
  }

  /// Where a record does not follow the contract, its place is told with what is wrong.
  private static func lend<Answer>(
    _ message: borrowing KafkaMessage, _ body: (borrowing KafkaMessage) throws -> Answer
  ) throws -> Answer {
    do {
      return try body(message)
    } catch let violation as ContractViolation {
      throw InquiryError.unreadable(
        KafkaTopicPartition(topic: message.topicName, partition: message.partition), offset: message.offset,
        problem: violation.message)
    }
  }

  private func assign(_ ranges: [Range]) throws {
    try consumer.assign(
      ranges.map { TopicPartitionOffset(topic: $0.place.topic, partition: $0.place.partition, offset: $0.from) })
  }

  private func poll() throws(KafkaError) -> KafkaMessage? {
    do throws(KafkaError) {
      return try consumer.poll(timeoutMs: Self.pollMs)
    } catch {
      // The client connects again by itself; who waits has a deadline.
      guard [.passing, .missingTopic].contains(error.fault) else { throw error }
      return nil
    }
  }
}
