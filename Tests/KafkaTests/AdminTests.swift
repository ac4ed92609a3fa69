import Kafka
import TestThreads
import TestTopics
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

  @Test func aCreatedTopicIsDescribedAsAskedAndListed() async throws {
    let name = TestBroker.uniqueName("admin")
    try await withAdmin { admin in
      let spec = KafkaTopicSpec(
        name: name, partitions: 3, replicationFactor: 1,
        config: ["cleanup.policy": "compact", "retention.ms": "86400000"])
      let created = try admin.createTopics([spec], timeoutMs: TestBroker.timeoutMs)
      #expect(created.isEmpty)
      let again = try admin.createTopics([spec], timeoutMs: TestBroker.timeoutMs)
      #expect(again[name]?.code == .topicAlreadyExists)

      let config = try ServedTopics.awaited { try admin.describeConfigs(topic: name, timeoutMs: TestBroker.timeoutMs) }
      #expect(config["cleanup.policy"] == "compact")
      #expect(config["retention.ms"] == "86400000")
      let several = try admin.describeConfigs(topics: [name, name + "-absent"], timeoutMs: TestBroker.timeoutMs)
      #expect(several[name] == config)
      let listed = try admin.listTopics(timeoutMs: TestBroker.timeoutMs).filter { $0.name == name }
      #expect(listed.map(\.partitionCount) == [3])
    }
  }
}
