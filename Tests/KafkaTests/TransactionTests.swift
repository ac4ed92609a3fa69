import Kafka
import TestThreads
import Testing

@Suite(
  .timeLimit(.minutes(10)),
  .enabled(if: TestBroker.address != nil, "needs a Kafka broker: set STAMPEDE_TEST_BROKER to host:port"))
struct TransactionTests {
  private func produce(_ value: String, with producer: KafkaProducer, to name: String) throws {
    var value = value
    let topic = try producer.topic(name)
    try value.withUTF8 { try producer.produce(to: topic, partition: 0, key: nil, value: .init($0)) }
  }

  /// A group member with partition 0 of the topic assigned.
  private func member(of group: String, topic: String) throws -> KafkaConsumer {
    var isAssigned = false
    let consumer = try TestBroker.consumer(group: group) { consumer, rebalance throws(KafkaError) in
      switch rebalance {
      case .assigned(let partitions):
        isAssigned = true
        try consumer.assign(
          partitions.map { .init(topic: $0.topic, partition: $0.partition, offset: KafkaOffset.committed) })
      case .revoked:
        try consumer.unassign()
      }
    }
    do {
      try consumer.subscribe([topic])
      try TestBroker.poll(consumer) { _ in isAssigned }
    } catch {
      TestBroker.close(consumer)
      throw error
    }
    return consumer
  }

  @Test func onlyCommittedRecordsAreReadAndTheEndIsPastTheMarkers() async throws {
    try await onOwnThread {
      let name = try TestBroker.createTopic()
      let producer = try TestBroker.transactionalProducer(TestBroker.uniqueName("txn"))
      defer { producer.close() }
      try producer.begin()
      try self.produce("kept", with: producer, to: name)
      try producer.commit(timeoutMs: TestBroker.timeoutMs)
      try producer.begin()
      try self.produce("dropped", with: producer, to: name)
      try producer.flush(timeoutMs: TestBroker.timeoutMs)
      try producer.abort(timeoutMs: TestBroker.timeoutMs)
      try producer.begin()
      try self.produce("kept too", with: producer, to: name)
      try producer.commit(timeoutMs: TestBroker.timeoutMs)
      producer.close()
      #expect(try TestBroker.values(of: name) == ["kept", "kept too"])
      #expect(try TestBroker.values(of: name, isolation: "read_uncommitted") == ["kept", "dropped", "kept too"])
    }
  }

  @Test func offsetsAndTheirMetadataAreCommittedWithTheTransactionOnly() async throws {
    try await onOwnThread {
      let name = try TestBroker.createTopic()
      let place = KafkaTopicPartition(topic: name, partition: 0)
      let consumer = try self.member(of: TestBroker.uniqueName("group"), topic: name)
      defer { TestBroker.close(consumer) }
      let producer = try TestBroker.transactionalProducer(TestBroker.uniqueName("txn"))
      defer { producer.close() }
      #expect(try consumer.committed([place], timeoutMs: TestBroker.timeoutMs)[0].offset == KafkaOffset.none)

      func send(_ offset: Int64, _ metadata: String?) throws {
        let group = try consumer.groupMetadata()
        try producer.sendOffsets(
          [.init(topic: name, partition: 0, offset: offset, metadata: metadata)], group: group,
          timeoutMs: TestBroker.timeoutMs)
      }
      try producer.begin()
      try send(7, "clock=1511331881000;điểm")
      try producer.commit(timeoutMs: TestBroker.timeoutMs)
      let committed = TopicPartitionOffset(topic: name, partition: 0, offset: 7, metadata: "clock=1511331881000;điểm")
      #expect(try consumer.committed([place], timeoutMs: TestBroker.timeoutMs) == [committed])

      try producer.begin()
      try send(9, "dropped")
      // They are about to change, which a reader of what is committed must not mistake for their last word.
      let unstable = #expect(throws: KafkaError.self) { try consumer.committed([place], timeoutMs: 500) }
      #expect(unstable?.fault == .passing)
      try producer.abort(timeoutMs: TestBroker.timeoutMs)
      #expect(try consumer.committed([place], timeoutMs: TestBroker.timeoutMs) == [committed])

      try producer.begin()
      try send(10, nil)
      try producer.commit(timeoutMs: TestBroker.timeoutMs)
      #expect(
        try consumer.committed([place], timeoutMs: TestBroker.timeoutMs)
          == [.init(topic: name, partition: 0, offset: 10)])
      producer.close()
      try consumer.close()
    }
  }

  @Test func anOlderProducerOfTheSameIdIsFencedAndItsOpenTransactionAborted() async throws {
    try await onOwnThread {
      let name = try TestBroker.createTopic()
      let id = TestBroker.uniqueName("txn")
      let older = try TestBroker.transactionalProducer(id)
      defer { older.close() }
      try older.begin()
      try self.produce("from the older one", with: older, to: name)
      try older.flush(timeoutMs: TestBroker.timeoutMs)
      let newer = try TestBroker.transactionalProducer(id)
      defer { newer.close() }
      let error = #expect(throws: KafkaError.self) { try older.commit(timeoutMs: TestBroker.timeoutMs) }
      #expect(error?.faultInTransaction == .renewed && error?.isProducerFence == true)
      #expect(error?.isFatal == true)
      older.close()
      try newer.begin()
      try self.produce("from the newer one", with: newer, to: name)
      try newer.commit(timeoutMs: TestBroker.timeoutMs)
      newer.close()
      #expect(try TestBroker.values(of: name) == ["from the newer one"])
    }
  }

  @Test func committingWithoutBeginningIsRefused() async throws {
    try await onOwnThread {
      let producer = try TestBroker.transactionalProducer(TestBroker.uniqueName("txn"))
      defer { producer.close() }
      let error = #expect(throws: KafkaError.self) { try producer.commit(timeoutMs: TestBroker.timeoutMs) }
      #expect(error?.name == "_STATE")
      producer.close()
    }
  }
}
