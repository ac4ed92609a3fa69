import Contracts
import Kafka
import ServiceKit

/// How a command reaches Kafka. Owned by the thread that runs the command.
package struct Cluster: Sendable {
  private let brokers: String
  private let extra: [String: String]
  private let log: Log

  /// How long a broker may take to answer before the command gives up.
  package static let timeoutMs: Int32 = 15_000
  /// As for the workers: larger than any record a topic takes.
  private static let messageBytesMax = 8 << 20
  /// The development broker answers a fetch with the whole backlog, whatever limit was asked for.
  private static let answerBytesMax = 2_000_000_000

  package init(brokers: String, extra: [String: String], log: Log) {
    self.brokers = brokers
    self.extra = extra
    self.log = log
  }

  // MARK: Topics

  /// Runs `body` with an admin client.
  package func withAdmin<Result>(_ body: (KafkaAdmin) throws -> Result) throws -> Result {
    let admin = try KafkaAdmin(settings: overlaid([:]), log: kafkaLog)
    defer { admin.close() }
    return try body(admin)
  }

  /// Partition counts by topic. The first thing most commands ask, so it also finds out whether there is a broker.
  package func partitionCounts(of topics: [String]) throws -> [String: Int] {
    let found = try withAdmin { admin in try allTopics(admin) }
    let missing = topics.filter { name in !found.contains { $0.name == name } }
    guard missing.isEmpty else {
      throw CommandFailure(
        "\(missing.joined(separator: ", ")): no such topic at \(brokers). `loyalty topics apply` creates them"
      )
    }
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
      throw CommandFailure(
        "no broker answers at \(brokers). Check --brokers and that the broker is up; --log-level debug shows why")
    }
  }

  // MARK: Clients

  /// Idempotent; partitions by key as every producer of the platform does.
  package func producer() throws -> KafkaProducer {
    try KafkaProducer(settings: overlaid(producing), log: kafkaLog)
  }

  package func transactionalProducer(_ id: String) throws -> KafkaProducer {
    try KafkaProducer(
      settings: overlaid(producing.merging(["transactional.id": id, "transaction.timeout.ms": "60000"])), log: kafkaLog)
  }

  /// Reads given partitions alone and joins no group. `group` is the one whose offsets a transaction may commit.
  package func consumer(group: String = "loyalty-command") throws -> KafkaConsumer {
    try KafkaConsumer(
      settings: overlaid([
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
      ]), log: kafkaLog)
  }

  private var producing: KafkaSettings {
    [
      "enable.idempotence": "true",
      "acks": "all",
      "partitioner": "murmur2_random",
      "linger.ms": "5",
      "batch.size": "1000000",
      "message.timeout.ms": "60000",
      "message.max.bytes": "\(Self.messageBytesMax)",
      "queue.buffering.max.messages": "200000",
      "queue.buffering.max.kbytes": "65536",
    ]
  }

  private func overlaid(_ settings: KafkaSettings) -> KafkaSettings {
    let connection: KafkaSettings = [
      "bootstrap.servers": brokers,
      "client.id": "loyalty",
      "socket.nagle.disable": "true",
      "reconnect.backoff.ms": "100",
      "reconnect.backoff.max.ms": "1000",
      "log.connection.close": "false",
      "receive.message.max.bytes": "\(Self.answerBytesMax)",
    ]
    var all = connection.merging(settings)
    for (key, value) in extra { all[key] = value }
    return all
  }

  /// What matters of librdkafka's lines comes back as an error of the call it belongs to.
  private var kafkaLog: KafkaLog {
    let log = log
    return { level, line in log.debug("librdkafka: \(line)", ["level": level]) }
  }
}
