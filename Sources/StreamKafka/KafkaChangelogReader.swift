import Kafka
import StreamRuntime

/// Replays changelogs with an assign-only read_committed consumer, up to the high watermarks found at the start.
///
/// Markers and aborted records occupy offsets, so the end is met by an end-of-partition event, not by the last record.
final class KafkaChangelogReader: ChangelogReader {
  private let positions: [ChangelogPosition]
  private let places: [KafkaTopicPartition]
  private let consumer: KafkaConsumer
  private var next: [Int64]
  private var metShortEnd: [Bool]
  private var indices: [(identity: TopicIdentity, table: Int)] = []
  private let topology: Topology
  let bounds: [ChangelogBounds]
  private static let watermarkTimeoutMs: Int32 = 5_000

  init(topology: Topology, settings: KafkaStreamSettings, positions: [ChangelogPosition], log: @escaping StreamLog)
    throws
  {
    self.topology = topology
    self.positions = positions
    let places = positions.map {
      KafkaTopicPartition(topic: topology.changelogTopic(table: $0.table), partition: $0.partition)
    }
    self.places = places
    let bounds = try Self.bounds(places, topology, settings, log)
    self.bounds = bounds
    let next = positions.enumerated().map { index, position in
      max(position.offset ?? bounds[index].logStart, bounds[index].logStart)
    }
    self.next = next
    metShortEnd = places.map { _ in false }
    let reader = try kafka("read the changelog") { () throws(KafkaError) in
      try KafkaConsumer(
        settings: settings.assignedConsumer(
          service: topology.service, purpose: "restore", isolation: "read_committed"), log: kafkaLog(log))
    }
    consumer = reader
    do {
      try assign()
    } catch {
      close()
      throw error
    }
  }

  func restart(_ index: Int, at offset: Int64) throws {
    next[index] = offset
    try assign()
  }

  func read(
    limit: Int, timeoutMs: Int,
    _ body: (Int, Int64, UnsafeRawBufferPointer, UnsafeRawBufferPointer?) throws -> Void
  ) throws -> Int {
    var count = 0
    while count < limit {
      let message = try kafka("read the changelog") { () throws(KafkaError) in
        try consumer.poll(timeoutMs: count == 0 ? Int32(timeoutMs) : 0)
      }
      guard let message else { break }
      guard let index = index(of: message) else { continue }
      if message.isPartitionEOF {
        next[index] = max(next[index], message.offset)
        metShortEnd[index] = next[index] < bounds[index].highWatermark
        if isComplete { break }
        continue
      }
      guard let key = message.key else {
        throw StreamError(
          .fatal, "\(places[index]) holds a record without a key at offset \(message.offset): not a changelog")
      }
      try body(index, message.offset, key, message.value)
      next[index] = message.offset + 1
      count += 1
    }
    return count
  }

  func position(_ index: Int) -> Int64 { next[index] }

  func waitsForOpenTransaction(_ index: Int) -> Bool { metShortEnd[index] && next[index] < bounds[index].highWatermark }

  func close() {
    // An assign-only consumer has no group to leave, so there is nothing that could fail here but the log line.
    _ = try? consumer.close()
  }

  private var isComplete: Bool { places.indices.allSatisfy { next[$0] >= bounds[$0].highWatermark } }

  private func assign() throws {
    let wanted = places.indices.map {
      TopicPartitionOffset(topic: places[$0].topic, partition: places[$0].partition, offset: next[$0])
    }
    try kafka("read the changelog") { () throws(KafkaError) in try consumer.assign(wanted) }
  }

  private func index(of message: borrowing KafkaMessage) -> Int? {
    let identity = message.topic
    var table = indices.first { $0.identity == identity }?.table
    if table == nil {
      let name = message.topicName
      table = topology.stores.indices.first { topology.changelogTopic(table: $0) == name }
      if let table { indices.append((identity, table)) }
    }
    let partition = message.partition
    return positions.firstIndex { $0.table == table && $0.partition == partition }
  }

  /// Log starts and true high watermarks: those of a read_uncommitted handle, open transactions included.
  private static func bounds(
    _ places: [KafkaTopicPartition], _ topology: Topology, _ settings: KafkaStreamSettings, _ log: @escaping StreamLog
  ) throws -> [ChangelogBounds] {
    let scout = try kafka("look at the changelog") { () throws(KafkaError) in
      try KafkaConsumer(
        settings: settings.assignedConsumer(
          service: topology.service, purpose: "watermarks", isolation: "read_uncommitted"), log: kafkaLog(log))
    }
    defer { _ = try? scout.close() }
    return try kafka("look at the changelog") { () throws(KafkaError) in
      var found: [ChangelogBounds] = []
      for place in places {
        let (low, high) = try scout.queryWatermarks(place, timeoutMs: watermarkTimeoutMs)
        found.append(ChangelogBounds(logStart: low, highWatermark: high))
      }
      return found
    }
  }
}
