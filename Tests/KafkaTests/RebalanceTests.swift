import Kafka
import TestThreads
import Testing

@Suite(
  .timeLimit(.minutes(10)),
  .enabled(if: TestBroker.address != nil, "needs a Kafka broker: set STAMPEDE_TEST_BROKER to host:port"))
struct RebalanceTests {
  /// A group member that assigns what it is told to, and writes down what it held and was told.
  private final class Member {
    private(set) var held: Set<KafkaTopicPartition> = []
    private(set) var assignments = 0
    private(set) var lostAny = false
    private var consumer: KafkaConsumer?

    init(group: String, topic: String, instance: String? = nil) throws {
      let membership: KafkaSettings = instance.map { ["group.instance.id": $0] } ?? [:]
      let consumer = try TestBroker.consumer(group: group, membership) {
        [unowned self] consumer, rebalance throws(KafkaError) in
        switch rebalance {
        case .assigned(let partitions):
          try consumer.assign(
            partitions.map { .init(topic: $0.topic, partition: $0.partition, offset: KafkaOffset.committed) })
          held = Set(partitions)
          assignments += 1
        case .revoked(_, let lost):
          if lost { lostAny = true }
          try consumer.unassign()
          held = []
        }
      }
      self.consumer = consumer
      try consumer.subscribe([topic])
    }

    func poll() throws {
      if let consumer { _ = try TestBroker.next(consumer, timeoutMs: 20) }
    }

    func leaveGroup() throws {
      try consumer?.leaveGroup(timeoutMs: TestBroker.timeoutMs)
    }

    func close() {
      if let consumer { TestBroker.close(consumer) }
    }
  }

  private func poll(_ members: Member..., until isDone: () -> Bool) throws {
    let deadline = ContinuousClock.now + .seconds(30)
    while !isDone() {
      guard ContinuousClock.now < deadline else { throw DeadlineMissed() }
      for member in members { try member.poll() }
    }
  }

  @Test func partitionsMoveToASecondMemberAndBack() async throws {
    try await onOwnThread {
      let name = try TestBroker.createTopic(partitions: 4)
      let group = TestBroker.uniqueName("group")
      let first = try Member(group: group, topic: name)
      defer { first.close() }
      try self.poll(first) { first.held.count == 4 }
      let second = try Member(group: group, topic: name)
      defer { second.close() }
      try self.poll(first, second) { first.held.count == 2 && second.held.count == 2 }
      #expect(first.held.isDisjoint(with: second.held))
      second.close()
      #expect(second.held.isEmpty)
      try self.poll(first) { first.held.count == 4 }
      #expect(!first.lostAny)
      #expect(!second.lostAny)
    }
  }

  /// A static member's close leaves its place in the group (librdkafka sends no LeaveGroup for one), and the same
  /// instance finds its partitions there without a rebalance of the others.
  @Test func aStaticMemberThatComesBackFindsItsPartitionsAndTheOtherKeepsIts() async throws {
    try await onOwnThread {
      let name = try TestBroker.createTopic(partitions: 4)
      let group = TestBroker.uniqueName("group")
      let first = try Member(group: group, topic: name, instance: "a")
      defer { first.close() }
      try self.poll(first) { first.held.count == 4 }
      let second = try Member(group: group, topic: name, instance: "b")
      defer { second.close() }
      try self.poll(first, second) { first.held.count == 2 && second.held.count == 2 }
      let heldBefore = second.held
      let assignmentsOfTheOther = first.assignments
      second.close()
      let again = try Member(group: group, topic: name, instance: "b")
      defer { again.close() }
      try self.poll(first, again) { again.held.count == 2 }
      #expect(again.held == heldBefore)
      #expect(first.held.isDisjoint(with: heldBefore))
      #expect(first.assignments == assignmentsOfTheOther)
    }
  }

  @Test func aStaticMemberThatLeavesGivesItsPartitionsToTheOthers() async throws {
    try await onOwnThread {
      let name = try TestBroker.createTopic(partitions: 4)
      let group = TestBroker.uniqueName("group")
      let first = try Member(group: group, topic: name, instance: "a")
      defer { first.close() }
      let second = try Member(group: group, topic: name, instance: "b")
      defer { second.close() }
      try self.poll(first, second) { first.held.count == 2 && second.held.count == 2 }
      try second.leaveGroup()
      #expect(second.held.isEmpty)
      #expect(!second.lostAny)
      second.close()
      try self.poll(first) { first.held.count == 4 }
    }
  }

  @Test func aStaticMemberWhosePlaceIsTakenIsFenced() async throws {
    try await onOwnThread {
      let name = try TestBroker.createTopic(partitions: 1)
      let group = TestBroker.uniqueName("group")
      let older = try Member(group: group, topic: name, instance: "a")
      defer { older.close() }
      try self.poll(older) { older.held.count == 1 }
      let newer = try Member(group: group, topic: name, instance: "a")
      defer { newer.close() }
      try self.poll(newer) { newer.held.count == 1 }
      let error = #expect(throws: KafkaError.self) { try self.poll(older, newer) { false } }
      #expect(error?.fault == .fenced)
      #expect(error?.isFatal == true)
    }
  }

  /// librdkafka's own close hands such an assignment to the handler, whose answer nobody may take any more.
  @Test(arguments: [nil, "a"]) func aMemberThatHasNotPolledItsAssignmentCloses(instance: String?) async throws {
    try await onOwnThread {
      let name = try TestBroker.createTopic(partitions: 4)
      let admin = try KafkaAdmin(settings: TestBroker.settings(), log: { _, _ in })
      defer { admin.close() }
      for _ in 0..<20 {
        let group = TestBroker.uniqueName("group")
        let member = try Member(group: group, topic: name, instance: instance)
        defer { member.close() }
        let deadline = ContinuousClock.now + .seconds(30)
        while try admin.clientIDs(inGroup: group, timeoutMs: TestBroker.timeoutMs).isEmpty {
          guard .now < deadline else { throw DeadlineMissed() }
        }
        member.close()
        #expect(member.held.isEmpty)
      }
    }
  }

  /// It has nothing to stop and no group to leave: librdkafka's part in the group may be over at once.
  @Test func aStaticMemberThatReadsNothingCloses() async throws {
    try await onOwnThread {
      let name = try TestBroker.createTopic(partitions: 4)
      for _ in 0..<10 {
        var isMember = false
        let consumer = try TestBroker.consumer(group: TestBroker.uniqueName("group"), ["group.instance.id": "a"]) {
          consumer, rebalance throws(KafkaError) in
          switch rebalance {
          case .assigned:
            try consumer.assign([])
            isMember = true
          case .revoked:
            try consumer.unassign()
            isMember = false
          }
        }
        defer { TestBroker.close(consumer) }
        try consumer.subscribe([name])
        try TestBroker.poll(consumer) { _ in isMember }
        try consumer.close()
        #expect(!isMember)
      }
    }
  }

  @Test func whatTheHandlerThrowsPollThrowsAndCloseStillEnds() async throws {
    try await onOwnThread {
      let name = try TestBroker.createTopic()
      let consumer = try TestBroker.consumer(group: TestBroker.uniqueName("group")) { _, _ throws(KafkaError) in
        throw KafkaError(code: .invalidArgument, message: "co-partitioning is broken")
      }
      try consumer.subscribe([name])
      let error = #expect(throws: KafkaError.self) { try TestBroker.poll(consumer) { _ in false } }
      #expect(error?.message == "co-partitioning is broken")
      do throws(KafkaError) {
        try consumer.close()
      } catch {
        #expect(error.code == .invalidArgument)
      }
    }
  }
}
