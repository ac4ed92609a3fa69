import Foundation
import Inquiry
import Kafka
import TestThreads
import TestTopics
import Testing

private let broker = ProcessInfo.processInfo.environment["STAMPEDE_TEST_BROKER"]

/// The parts that read from Kafka, on a real broker.
@Suite(
  .timeLimit(.minutes(10)), .enabled(if: broker != nil, "needs a Kafka broker: set STAMPEDE_TEST_BROKER to host:port"))
struct BrokerTests {
  /// One partition of a new topic, written to by one transactional producer.
  private struct Bench {
    let cluster: Cluster
    let place: KafkaTopicPartition
    private static let timeoutMs: Int32 = 20_000

    init() throws {
      cluster = Cluster(KafkaCluster(brokers: try #require(broker))) { _, _ in }
      place = KafkaTopicPartition(topic: "inquiry-\(UUID().uuidString.lowercased())", partition: 0)
      let spec = KafkaTopicSpec(name: place.topic, partitions: 1, replicationFactor: 1)
      try ServedTopics.create([spec], settings: cluster.kafka.client(Cluster.clientId))
    }

    /// One transaction of so many records, and what the group commits in it.
    func transaction(records: Int, commits offset: Int64? = nil, group: String? = nil, aborts: Bool = false) throws {
      let producer = try KafkaProducer(
        settings: cluster.kafka.producer(Cluster.clientId, ["transactional.id": "test-\(place.topic)"]),
        log: cluster.log)
      defer { producer.close() }
      try producer.initTransactions(timeoutMs: Self.timeoutMs)
      try producer.begin()
      let topic = try producer.topic(place.topic)
      for number in 0..<records {
        try withUnsafeBytes(of: number) { value in
          try producer.produce(to: topic, partition: 0, key: nil, value: value)
        }
      }
      try producer.flush(timeoutMs: Self.timeoutMs)
      if let offset, let group {
        let member = try cluster.consumer(group: group)
        let metadata = try member.groupMetadata()
        let offsets = [TopicPartitionOffset(topic: place.topic, partition: 0, offset: offset)]
        try producer.sendOffsets(offsets, group: metadata, timeoutMs: Self.timeoutMs)
        try member.close()
      }
      if aborts {
        try producer.abort(timeoutMs: Self.timeoutMs)
      } else {
        try producer.commit(timeoutMs: Self.timeoutMs)
      }
    }

    func lag(committed: Int64?) throws -> Int64? {
      let reader = try TopicReader(cluster)
      defer { reader.close() }
      let range = try reader.range(of: place)
      let position = GroupPosition(committed: committed, low: range.from, end: range.end)
      let tails = try PartitionTail.read([place: [position]], reader)
      return position.records(in: tails[place] ?? PartitionTail(start: range.end))
    }
  }

  /// Asks until the answer is `value`: a coordinator says that a transaction is committed before its markers are
  /// written.
  private func becomes<Value: Equatable>(_ value: Value, _ ask: () throws -> Value) throws -> Bool {
    let deadline = ContinuousClock.now + .seconds(20)
    while .now < deadline {
      if try ask() == value { return true }
      usleep(20_000)
    }
    return try ask() == value
  }

  @Test func nothingButMarkersAndAbortedRecordsIsNoLag() async throws {
    try await onOwnThread {
      let bench = try Bench()
      #expect(try becomes(0) { try bench.lag(committed: nil) })
      try bench.transaction(records: 3)
      #expect(try becomes(3) { try bench.lag(committed: nil) })
      #expect(try becomes(1) { try bench.lag(committed: 2) })
      #expect(try becomes(0) { try bench.lag(committed: 3) })
      // More than the first look at the tail takes in.
      try bench.transaction(records: 2_500, aborts: true)
      #expect(try becomes(0) { try bench.lag(committed: 3) })
      #expect(try becomes(1) { try bench.lag(committed: 2) })
      try bench.transaction(records: 1)
      #expect(try becomes(true) { (try bench.lag(committed: 3) ?? 0) > 0 })
    }
  }

  @Test func groupsCommittedOffsetsAreToldAndNoneIsNone() async throws {
    try await onOwnThread {
      let bench = try Bench()
      let group = "group-\(bench.place.topic)"
      func committed() throws -> [Int64] {
        try bench.cluster.withAdmin { admin in
          try bench.cluster.patiently {
            try admin.committedOffsets(group: group, of: [bench.place], timeoutMs: 20_000).map(\.offset)
          }
        }
      }
      #expect(try becomes([KafkaOffset.none], committed))
      try bench.transaction(records: 3, commits: 3, group: group)
      #expect(try becomes([3], committed))
    }
  }

  @Test func lookingBackSeesEveryRecordOnceNewestStretchFirst() async throws {
    try await onOwnThread {
      let bench = try Bench()
      for _ in 0..<4 { try bench.transaction(records: 10_000) }
      let reader = try TopicReader(bench.cluster)
      defer { reader.close() }
      var stretches: [[Int64]] = []
      let isFound = try reader.lookBack(try reader.range(of: bench.place)) {
        stretches.append([])
      } record: { message in
        stretches[stretches.count - 1].append(message.offset)
      } isEnough: {
        false
      }
      #expect(!isFound)
      #expect(stretches.count == 2)
      #expect(stretches.reversed().joined().count == 40_000)
      #expect(stretches.allSatisfy { $0 == $0.sorted() })
      #expect((stretches[1].last ?? .max) < (stretches[0].first ?? .min))
    }
  }
}
