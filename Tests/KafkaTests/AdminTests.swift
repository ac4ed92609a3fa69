import Kafka
import Testing

@Suite(
  .timeLimit(.minutes(10)),
  .enabled(if: TestBroker.address != nil, "needs a Kafka broker: set STAMPEDE_TEST_BROKER to host:port"))
struct AdminTests {
  private func withAdmin(_ body: @escaping @Sendable (KafkaAdmin) throws -> Void) async throws {
    try await onOwnThread {
      let admin = try KafkaAdmin(settings: TestBroker.settings(), log: { _, _ in })
      defer { admin.close() }
      try body(admin)
    }
  }

  @Test func aCreatedTopicIsDescribedAsAskedAndGoneAfterItsDeletion() async throws {
    let name = TestBroker.uniqueName("admin")
    try await withAdmin { admin in
      let spec = KafkaTopicSpec(
        name: name, partitions: 3, replicationFactor: 1,
        config: ["cleanup.policy": "compact", "retention.ms": "86400000"])
      let created = try admin.createTopics([spec], timeoutMs: TestBroker.timeoutMs)
      #expect(created.isEmpty)
      let again = try admin.createTopics([spec], timeoutMs: TestBroker.timeoutMs)
      #expect(again[name]?.code == .topicAlreadyExists)

      let described = try admin.describeTopics([name, name + "-absent"], timeoutMs: TestBroker.timeoutMs)
      #expect(described.keys.sorted() == [name])
      #expect(described[name]?.partitionCount == 3)
      let config = try admin.describeConfigs(topic: name, timeoutMs: TestBroker.timeoutMs)
      #expect(config["cleanup.policy"] == "compact")
      #expect(config["retention.ms"] == "86400000")

      #expect(try admin.deleteTopics([name], timeoutMs: TestBroker.timeoutMs).isEmpty)
      #expect(try admin.listTopics(timeoutMs: TestBroker.timeoutMs).contains { $0.name == name } == false)
      let absent = try admin.deleteTopics([name], timeoutMs: TestBroker.timeoutMs)
      #expect(absent[name]?.code == .unknownTopicOrPartition)
      #expect(admin.clusterID(timeoutMs: TestBroker.timeoutMs)?.isEmpty == false)
    }
  }

  @Test func deletedRecordsMoveTheLogStart() async throws {
    try await withAdmin { admin in
      let name = try TestBroker.createTopic()
      let producer = try TestBroker.producer()
      defer { producer.close() }
      let topic = try producer.topic(name)
      for _ in 0..<3 { try producer.produce(to: topic, partition: 0, key: nil, value: nil) }
      try producer.flush(timeoutMs: TestBroker.timeoutMs)
      producer.close()
      try admin.deleteRecords(
        before: [.init(topic: name, partition: 0, offset: 2)], timeoutMs: TestBroker.timeoutMs)
      let consumer = try TestBroker.consumer(group: "alone")
      defer { TestBroker.close(consumer) }
      let marks = try consumer.queryWatermarks(.init(topic: name, partition: 0), timeoutMs: TestBroker.timeoutMs)
      #expect(marks == (2, 3))
      try consumer.close()
    }
  }
}
