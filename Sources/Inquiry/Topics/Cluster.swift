import Contracts
import Kafka

/// How to reach a platform's Kafka. Owned by the thread that asks.
package struct Cluster: Sendable {
  private let brokers: String
  private let extra: [String: String]
  /// What matters of librdkafka's lines comes back as an error of the call it belongs to.
  package let log: KafkaLog

  /// How long a broker may take to answer before the question is given up.
  package static let timeoutMs: Int32 = 15_000
  /// The development broker answers a fetch with the whole backlog, whatever limit was asked for.
  private static let answerBytesMax = 2_000_000_000

  /// - Parameters:
  ///   - brokers: `host:port`, comma-separated.
  ///   - extra: further librdkafka properties, for every client.
  package init(brokers: String, extra: [String: String], log: @escaping KafkaLog) {
    self.brokers = brokers
    self.extra = extra
    self.log = log
  }

  // MARK: Topics

  /// Runs `body` with an admin client.
  package func withAdmin<Result>(_ body: (KafkaAdmin) throws -> Result) throws -> Result {
    let admin = try KafkaAdmin(settings: settings([:]), log: log)
    defer { admin.close() }
    return try body(admin)
  }

  /// Partition counts by topic. The first thing most questions ask, so it also finds out whether there is a broker.
  package func partitionCounts(of topics: [String]) throws -> [String: Int] {
    let found = try withAdmin { admin in try allTopics(admin) }
    let missing = topics.filter { name in !found.contains { $0.name == name } }
    guard missing.isEmpty else { throw InquiryError.noTopics(missing, brokers: brokers) }
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
      throw InquiryError.noBroker(at: brokers)
    }
  }

  // MARK: Clients

  /// Reads given partitions alone and joins no group. `group` is the one whose offsets a transaction may commit.
  package func consumer(group: String = "loyalty-command") throws -> KafkaConsumer {
    try KafkaConsumer(
      settings: settings([
        "group.id": group,
        "isolation.level": "read_committed",
        "enable.auto.commit": "false",
        "enable.auto.offset.store": "false",
        "auto.offset.reset": "error",
        "enable.partition.eof": "true",
        "allow.auto.create.topics": "false",
        "fetch.wait.max.ms": "10",
        "fetch.error.backoff.ms": "100",
        "queued.min.messages": "50000",
        "queued.max.messages.kbytes": "32768",
      ]), log: log)
  }

  /// A client's own settings, with what all of them share.
  package func settings(_ own: KafkaSettings) -> KafkaSettings {
    let connection: KafkaSettings = [
      "bootstrap.servers": brokers,
      "client.id": "loyalty",
      "socket.nagle.disable": "true",
      "reconnect.backoff.ms": "100",
      "reconnect.backoff.max.ms": "1000",
      "log.connection.close": "false",
      "receive.message.max.bytes": "\(Self.answerBytesMax)",
    ]
    var all = connection.merging(own)
    for (key, value) in extra { all[key] = value }
    return all
  }
}
