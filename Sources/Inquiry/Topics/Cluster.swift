import Contracts
import Kafka

/// The platform's topics on a cluster. Owned by the thread that asks.
package struct Cluster: Sendable {
  package let kafka: KafkaCluster
  /// What matters of librdkafka's lines comes back as an error of the call it belongs to.
  package let log: KafkaLog

  /// How long a broker may take to answer before the question is given up.
  package static let timeoutMs: Int32 = 15_000
  package static let clientId = "loyalty"

  package init(_ kafka: KafkaCluster, log: @escaping KafkaLog) {
    self.kafka = kafka
    self.log = log
  }

  // MARK: Topics

  /// Runs `body` with an admin client.
  package func withAdmin<Result>(_ body: (KafkaAdmin) throws -> Result) throws -> Result {
    let admin = try KafkaAdmin(settings: kafka.client(Self.clientId), log: log)
    defer { admin.close() }
    return try body(admin)
  }

  /// Partition counts by topic. The first thing most questions ask, so it also finds out whether there is a broker.
  package func partitionCounts(of topics: [String]) throws -> [String: Int] {
    let found = try withAdmin { admin in try allTopics(admin) }
    let missing = topics.filter { name in !found.contains { $0.name == name } }
    guard missing.isEmpty else { throw InquiryError.noTopics(missing, brokers: kafka.brokers) }
    return Dictionary(found.map { ($0.name, $0.partitionCount) }, uniquingKeysWith: { first, _ in first })
  }

  package func partitionCount(of topic: Topic) throws -> Int {
    // partitionCounts has seen to it that the topic is there.
    try partitionCounts(of: [topic.name])[topic.name] ?? 0
  }

  package func allTopics(_ admin: KafkaAdmin) throws -> [KafkaTopicMetadata] {
    do throws(KafkaError) {
      return try admin.listTopics(timeoutMs: Self.timeoutMs)
    } catch {
      guard error.isTimeout || error.isTransport else { throw error }
      throw InquiryError.noBroker(at: kafka.brokers)
    }
  }

  // MARK: Clients

  /// Reads given partitions alone and joins no group. `group` is the one whose offsets a transaction may commit.
  package func consumer(group: String = "loyalty-command") throws -> KafkaConsumer {
    try KafkaConsumer(settings: kafka.reader(Self.clientId, group: group), log: log)
  }
}
