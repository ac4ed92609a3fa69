import Foundation
import MockCluster
import StreamKafka
import StreamRuntime
import TestThreads
import Testing

/// What those who read and look make of each answer.
@Suite(.timeLimit(.minutes(10)), .serialized) struct ReadingFaultTests {
  private let places = [TopicPartition(topic: "events", partition: 0)]

  @Test(arguments: ["COORDINATOR_LOAD_IN_PROGRESS", "NOT_COORDINATOR", "UNSTABLE_OFFSET_COMMIT", "_TRANSPORT"])
  func committedOffsetsAreAskedForAgain(code: String) async throws {
    try await onOwnThread {
      let cluster = FaultyCluster()
      try cluster.withPorts { source, _ in
        cluster.mock.answer(.offsetFetch, with: Array(repeating: MockCluster.code(code), count: 3))
        let deadline = ContinuousClock.now + .seconds(30)
        var found: [TopicPartition: CommittedOffset?]?
        while found == nil, .now < deadline { found = try source.committed(places) }
        #expect(found == [places[0]: nil])
      }
    }
  }

  @Test func committedOffsetsThatAreNotToBeSeenAreFatal() async throws {
    try await onOwnThread {
      let cluster = FaultyCluster()
      try cluster.withPorts { source, _ in
        cluster.mock.answer(
          .offsetFetch, with: Array(repeating: MockCluster.code("GROUP_AUTHORIZATION_FAILED"), count: 20))
        let deadline = ContinuousClock.now + .seconds(30)
        // Nothing is said while the coordinator is not known yet.
        let error = #expect(throws: StreamError.self) {
          while .now < deadline, try source.committed(places) == nil {}
        }
        #expect(error?.response == .fatal && error?.description.contains("Grant this client") == true)
      }
    }
  }

  @Test(arguments: ["NOT_LEADER_FOR_PARTITION", "LEADER_NOT_AVAILABLE", "UNKNOWN_TOPIC_OR_PART", "KAFKA_STORAGE_ERROR"])
  func changelogIsLookedAtAgain(code: String) async throws {
    try await onOwnThread {
      let cluster = FaultyCluster()
      cluster.mock.answer(.listOffsets, with: Array(repeating: MockCluster.code(code), count: 4))
      let reader = try cluster.eventually("the changelog's bounds") {
        try cluster.io.changelogReader([ChangelogPosition(table: 0, partition: 0, offset: nil)])
      }
      #expect(reader.bounds[0].highWatermark == 0)
      reader.close()
    }
  }

  @Test func changelogThatIsNotToBeReadIsFatal() async throws {
    try await onOwnThread {
      let cluster = FaultyCluster()
      cluster.mock.answer(
        .listOffsets, with: Array(repeating: MockCluster.code("TOPIC_AUTHORIZATION_FAILED"), count: 20))
      let error = #expect(throws: StreamError.self) {
        try cluster.eventually("the changelog's bounds") {
          _ = try cluster.io.changelogReader([ChangelogPosition(table: 0, partition: 0, offset: nil)])
        }
      }
      #expect(error?.response == .fatal && error?.description.contains("Grant this client") == true)
    }
  }

  @Test(arguments: ["NOT_LEADER_FOR_PARTITION", "FENCED_LEADER_EPOCH", "UNKNOWN_LEADER_EPOCH", "_TRANSPORT"])
  func fetchesAreMadeAgain(code: String) async throws {
    try await onOwnThread {
      let cluster = FaultyCluster()
      try cluster.withPorts { source, _ in
        try poll(source) { cluster.assignments > 0 }
        cluster.mock.answer(.fetch, with: Array(repeating: MockCluster.code(code), count: 3))
        try source.read(from: [places[0]: 0])
        try cluster.publish("a", to: "events")
        var record: String?
        try poll(source) { polled in
          record = polled?.value.map { String(decoding: $0, as: UTF8.self) }
          return record != nil
        }
        #expect(record == "a")
      }
    }
  }

  @Test(arguments: ["COORDINATOR_NOT_AVAILABLE", "NOT_COORDINATOR", "COORDINATOR_LOAD_IN_PROGRESS"])
  func groupIsJoinedWhileItsCoordinatorMoves(code: String) async throws {
    try await onOwnThread {
      let cluster = FaultyCluster()
      cluster.mock.answer(.joinGroup, with: [MockCluster.code(code), MockCluster.code(code)])
      try cluster.withPorts { source, _ in try poll(source) { cluster.assignments > 0 } }
    }
  }

  @Test func memberWhosePlaceIsTakenIsFenced() async throws {
    try await onOwnThread {
      let cluster = FaultyCluster()
      try cluster.withPorts { source, sink in
        try poll(source) { cluster.assignments > 0 }
        cluster.mock.answer(.heartbeat, with: [MockCluster.code("FENCED_INSTANCE_ID")])
        let error = #expect(throws: StreamError.self) { try poll(source) { false } }
        #expect(error?.response == .fenced)
        #expect(error?.description.contains("Give each instance its own --instance") == true)
        // And the fence of a producer is believed then, at once.
        cluster.mock.answer(.endTxn, with: [MockCluster.code("PRODUCER_FENCED")])
        #expect(cluster.failure(of: sink)?.response == .fenced)
      }
    }
  }

  /// A start waits for a broker that is away, and tells why it did in vain.
  @Test func startWithoutABrokerTellsWhy() async throws {
    try await onOwnThread {
      let cluster = FaultyCluster()
      cluster.mock.setUp(false)
      let error = #expect(throws: StreamError.self) {
        _ = try TopicCheck.run(topology: cluster.topology, settings: cluster.settings, log: { _, _, _ in })
      }
      #expect(error?.response == .fatal)
      #expect(error?.description.contains("no broker answers at \(cluster.mock.address)") == true)
      #expect(error?.description.contains("_TRANSPORT") == true, "\(error.map(\.description) ?? "")")
      cluster.mock.setUp(true)
      let found = try TopicCheck.run(topology: cluster.topology, settings: cluster.settings, log: { _, _, _ in })
      #expect(found.inputPartitions == 1)
    }
  }

  private func poll(_ source: any RecordSource, until isDone: () -> Bool) throws {
    try poll(source) { _ in isDone() }
  }

  private func poll(_ source: any RecordSource, until isDone: (InputRecord?) -> Bool) throws {
    let deadline = ContinuousClock.now + .seconds(30)
    while .now < deadline { if isDone(try source.poll(timeoutMs: 50)) { return } }
    Issue.record("it did not come about in 30 s")
  }
}
