import Kafka
import TestThreads
import Testing

@Suite(
  .timeLimit(.minutes(10)),
  .enabled(if: TestBroker.address != nil, "needs a Kafka broker: set STAMPEDE_TEST_BROKER to host:port"))
struct RecordTests {
  private static let headersOfALongList = 2_000
  private static var nothing: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: nil, count: 0) }

  /// What the tests look at in a record.
  private struct Seen: Equatable {
    var key: [UInt8]?
    var value: [UInt8]?
    var headers: [KafkaHeader]
    var offset: Int64
  }

  /// The job of a stream task's loop: it keeps the record at hand between two calls.
  private final class Holder {
    var current: KafkaMessage?
  }

  private func produce(_ values: [String], to name: String) throws {
    let producer = try TestBroker.producer()
    defer { producer.close() }
    let topic = try producer.topic(name)
    for value in values {
      var value = value
      try value.withUTF8 { try producer.produce(to: topic, partition: 0, key: nil, value: .init($0)) }
    }
    try producer.flush(timeoutMs: TestBroker.timeoutMs)
    producer.close()
  }

  /// Five records: of nulls, of empties, of both, and one with headers.
  private func produceNullsAndEmpties(to name: String) throws {
    let producer = try TestBroker.producer()
    defer { producer.close() }
    let topic = try producer.topic(name)
    #expect(topic.name == name)
    let headers = KafkaHeaders()
    try "k".utf8CString.withUnsafeBytes { bytes in
      let text = UnsafeRawBufferPointer(rebasing: bytes.prefix(1))
      try producer.produce(to: topic, partition: 0, key: nil, value: text)
      try producer.produce(to: topic, partition: 0, key: text, value: nil)
      try producer.produce(to: topic, partition: 0, key: Self.nothing, value: Self.nothing)
      headers.append("ce_id", "first")
      headers.append("empty", Self.nothing)
      headers.append("null", nil)
      headers.append("ce_id", "second €")
      try producer.produce(
        to: topic, partition: 0, key: text, value: Self.nothing, headers: headers, timestampMs: 1_234_567_890_123)
      headers.removeAll()
      try producer.produce(to: topic, partition: 0, key: nil, value: nil, headers: headers, timestampMs: 1)
    }
    try producer.flush(timeoutMs: TestBroker.timeoutMs)
    #expect(producer.delivered == 5)
    #expect(producer.takeDeliveryError() == nil)
  }

  @Test func nullAndEmptyKeysValuesAndHeadersStayApart() async throws {
    try await onOwnThread {
      let name = try TestBroker.createTopic()
      try self.produceNullsAndEmpties(to: name)
      let consumer = try TestBroker.consumer(group: "alone")
      defer { TestBroker.close(consumer) }
      try consumer.assign([TopicPartitionOffset(topic: name, partition: 0, offset: KafkaOffset.beginning)])
      var seen: [Seen] = []
      var timestamps: [Int64] = []
      var identities: Set<TopicIdentity> = []
      var lastHeader: [UInt8]?
      var emptyIsThere = false
      var endOffset: Int64?
      try TestBroker.poll(consumer) { message in
        guard let message else { return false }
        #expect(message.topicName == name)
        #expect(message.partition == 0)
        identities.insert(message.topic)
        if message.isPartitionEOF {
          #expect(message.value == nil)
          endOffset = message.offset
          return true
        }
        seen.append(
          Seen(
            key: message.key.map { [UInt8]($0) }, value: message.value.map { [UInt8]($0) }, headers: message.headers,
            offset: message.offset))
        timestamps.append(message.timestampMs)
        #expect(message.header("absent") == nil)
        if let value = message.header("ce_id") { lastHeader = [UInt8](value) }
        if let value = message.header("empty") { emptyIsThere = value.isEmpty }
        return false
      }
      try consumer.close()
      let text: [UInt8] = [0x6b]
      #expect(
        seen == [
          Seen(key: nil, value: text, headers: [], offset: 0),
          Seen(key: text, value: nil, headers: [], offset: 1),
          Seen(key: [], value: [], headers: [], offset: 2),
          Seen(
            key: text, value: [],
            headers: [
              KafkaHeader(name: "ce_id", value: [UInt8]("first".utf8)), KafkaHeader(name: "empty", value: []),
              KafkaHeader(name: "null", value: nil), KafkaHeader(name: "ce_id", value: [UInt8]("second €".utf8)),
            ], offset: 3),
          Seen(key: nil, value: nil, headers: [], offset: 4),
        ])
      #expect(timestamps.suffix(2) == [1_234_567_890_123, 1])
      #expect(timestamps.first ?? 0 > 1_500_000_000_000)
      #expect(lastHeader == [UInt8]("second €".utf8))
      #expect(emptyIsThere)
      #expect(identities.count == 1)
      #expect(endOffset == 5)
    }
  }

  @Test func aLongHeaderListArrivesWhole() async throws {
    try await onOwnThread {
      let name = try TestBroker.createTopic()
      let producer = try TestBroker.producer()
      defer { producer.close() }
      let topic = try producer.topic(name)
      let headers = KafkaHeaders()
      var expected: [KafkaHeader] = []
      for index in 0..<Self.headersOfALongList {
        let value = String(repeating: "v", count: index % 64 * 10)
        headers.append("name-\(index)", value)
        expected.append(KafkaHeader(name: "name-\(index)", value: [UInt8](value.utf8)))
      }
      try producer.produce(to: topic, partition: 0, key: nil, value: nil, headers: headers)
      headers.removeAll()
      headers.append("last", "z")
      try producer.produce(to: topic, partition: 0, key: nil, value: nil, headers: headers)
      try producer.flush(timeoutMs: TestBroker.timeoutMs)

      let consumer = try TestBroker.consumer(group: "alone")
      defer { TestBroker.close(consumer) }
      try consumer.assign([TopicPartitionOffset(topic: name, partition: 0, offset: KafkaOffset.beginning)])
      var lists: [[KafkaHeader]] = []
      try TestBroker.poll(consumer) { message in
        guard let message else { return false }
        if message.isPartitionEOF { return true }
        lists.append(message.headers)
        return false
      }
      #expect(lists == [expected, [KafkaHeader(name: "last", value: [0x7a])]])
    }
  }

  @Test func aMessageKeptInAClassStaysReadableUntilReplaced() async throws {
    try await onOwnThread {
      let name = try TestBroker.createTopic()
      try self.produce(["one", "two"], to: name)
      let consumer = try TestBroker.consumer(group: "alone")
      defer { TestBroker.close(consumer) }
      try consumer.assign([TopicPartitionOffset(topic: name, partition: 0, offset: 0)])
      let holder = Holder()
      try TestBroker.poll(consumer) { message in
        guard let message else { return false }
        if message.isPartitionEOF { return true }
        holder.current = consume message
        return false
      }
      #expect(holder.current?.offset == 1)
      #expect(holder.current?.value.map { String(decoding: $0, as: UTF8.self) } == "two")
      holder.current = nil
      try consumer.close()
    }
  }

  @Test func assignReadsAgainFromWhereItIsTold() async throws {
    try await onOwnThread {
      let name = try TestBroker.createTopic()
      try self.produce(["a", "b", "c"], to: name)
      let place = KafkaTopicPartition(topic: name, partition: 0)
      let consumer = try TestBroker.consumer(group: "alone")
      defer { TestBroker.close(consumer) }
      try consumer.assign([TopicPartitionOffset(topic: name, partition: 0, offset: 0)])
      #expect(try consumer.assignment() == [place])
      var offsets: [Int64] = []
      func readToEnd() throws {
        try TestBroker.poll(consumer) { message in
          guard let message else { return false }
          if message.isPartitionEOF { return true }
          offsets.append(message.offset)
          return false
        }
      }
      try readToEnd()
      #expect(try consumer.cachedWatermarks(place).high == 3)
      #expect(try consumer.queryWatermarks(place, timeoutMs: TestBroker.timeoutMs) == (0, 3))
      #expect(
        try consumer.endOffsets([place], timeoutMs: TestBroker.timeoutMs) == [
          TopicPartitionOffset(topic: name, partition: 0, offset: 3)
        ])
      try consumer.assign([TopicPartitionOffset(topic: name, partition: 0, offset: 1)])
      try readToEnd()
      #expect(offsets == [0, 1, 2, 1, 2])

      try consumer.assign([])
      try self.produce(["d"], to: name)
      var nothingCame = true
      for _ in 0..<5 where try consumer.poll(timeoutMs: 50) != nil { nothingCame = false }
      #expect(nothingCame)
      try consumer.assign([TopicPartitionOffset(topic: name, partition: 0, offset: 3)])
      try readToEnd()
      #expect(offsets.last == 3)
      #expect(try consumer.partitionCount(of: name, timeoutMs: TestBroker.timeoutMs) == 1)
      let absent = TestBroker.uniqueName("absent")
      #expect(try consumer.partitionCount(of: absent, timeoutMs: TestBroker.timeoutMs) == nil)
      try consumer.close()
    }
  }

  /// What was fetched and not polled must be void at once: a worker that starts over would take it for what comes next.
  @Test func anotherAssignmentVoidsWhatWasFetchedBefore() async throws {
    try await onOwnThread {
      let name = try TestBroker.createTopic()
      try self.produce((0..<2_000).map(String.init), to: name)
      let consumer = try TestBroker.consumer(group: "alone")
      defer { TestBroker.close(consumer) }
      for round in 0..<300 {
        let start = Int64(round * 7_919 % 1_900)
        // Several at once too: a fetcher that is stopped twice would end the process.
        for _ in 0...round % 3 {
          try consumer.assign([TopicPartitionOffset(topic: name, partition: 0, offset: start)])
        }
        var next = start
        try TestBroker.poll(consumer) { message in
          guard let message else { return false }
          #expect(message.offset == next)
          next += 1
          return next >= start + 20
        }
      }
      try consumer.close()
    }
  }

  @Test func aFullQueueSlowsTheProducerAndLosesNothing() async throws {
    try await onOwnThread {
      let name = try TestBroker.createTopic()
      let producer = try TestBroker.producer(["queue.buffering.max.messages": "100"])
      defer { producer.close() }
      let topic = try producer.topic(name)
      for _ in 0..<5_000 { try producer.produce(to: topic, partition: 0, key: nil, value: Self.nothing) }
      try producer.flush(timeoutMs: TestBroker.timeoutMs)
      #expect(producer.delivered == 5_000)
      #expect(producer.takeDeliveryError() == nil)
      #expect(producer.outstanding == 0)
      producer.close()
    }
  }

  @Test func recordsGivenUpAreReportedOnce() async throws {
    try await onOwnThread {
      // Nobody listens there.
      let producer = try KafkaProducer(
        settings: ["bootstrap.servers": "127.0.0.1:1", "message.timeout.ms": "300"], log: { _, _ in })
      defer { producer.close() }
      let topic = try producer.topic("unreached")
      for _ in 0..<3 { try producer.produce(to: topic, partition: 0, key: nil, value: Self.nothing) }
      try producer.flush(timeoutMs: TestBroker.timeoutMs)
      #expect(producer.outstanding == 0)
      #expect(producer.delivered == 0)
      #expect(producer.takeDeliveryError()?.code == .messageTimedOut)
      #expect(producer.takeDeliveryError() == nil)
      producer.close()
    }
  }
}
