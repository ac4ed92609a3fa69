import Kafka

/// How one stream thread reaches Kafka and its disk.
package struct KafkaStreamSettings: Sendable {
  /// `host:port`, comma-separated.
  package var brokers: String
  /// Stable name of this instance: with the thread's number it is the static membership and the transactional id.
  package var instance: String
  package var threadIndex: Int
  /// Stream threads of this process; each is a member of the group.
  package var threadCount: Int
  /// Folder of this instance's stores.
  package var stateDirectory: String
  /// SQLite's page cache, a partition.
  package var storeCacheKiB: Int
  /// A member that is silent for longer loses its partitions.
  package var sessionTimeoutMs: Int
  /// How long a start waits for a broker to answer.
  package var startupTimeoutMs: Int
  /// A stop gives the partitions to the others at once, instead of keeping them for a restart inside the session timeout.
  package var leavesGroupOnStop: Bool
  /// Further librdkafka properties (TLS, SASL, tuning), for consumers and producers alike.
  package var extra: [String: String]

  package init(
    brokers: String, instance: String, threadIndex: Int, threadCount: Int = 1, stateDirectory: String,
    storeCacheKiB: Int, sessionTimeoutMs: Int, startupTimeoutMs: Int, leavesGroupOnStop: Bool = false,
    extra: [String: String] = [:]
  ) {
    self.brokers = brokers
    self.instance = instance
    self.threadIndex = threadIndex
    self.threadCount = threadCount
    self.stateDirectory = stateDirectory
    self.storeCacheKiB = storeCacheKiB
    self.sessionTimeoutMs = sessionTimeoutMs
    self.startupTimeoutMs = startupTimeoutMs
    self.leavesGroupOnStop = leavesGroupOnStop
    self.extra = extra
  }

  package func forThread(_ index: Int) -> KafkaStreamSettings {
    var own = self
    own.threadIndex = index
    return own
  }

  /// `transactional.id` and `group.instance.id` of this thread.
  package func memberId(service: String) -> String { memberId(service: service, thread: threadIndex) }

  /// Those of all threads of this process.
  func memberIds(service: String) -> [String] { (0..<threadCount).map { memberId(service: service, thread: $0) } }

  private func memberId(service: String, thread: Int) -> String { "\(service)-\(instance)-\(thread)" }

  func connection(service: String) -> KafkaSettings {
    [
      "bootstrap.servers": brokers,
      "client.id": memberId(service: service),
      "socket.nagle.disable": "true",
      "reconnect.backoff.ms": "100",
      "reconnect.backoff.max.ms": "1000",
      "log.connection.close": "false",
      "topic.metadata.refresh.interval.ms": "30000",
      "receive.message.max.bytes": "\(Self.answerBytesMax)",
    ]
  }

  /// A member of the service's consumer group.
  func groupConsumer(service: String) -> KafkaSettings {
    overlaid(
      connection(service: service).merging([
        "group.id": service,
        "group.instance.id": memberId(service: service),
        "partition.assignment.strategy": "range",
        "session.timeout.ms": "\(sessionTimeoutMs)",
        // A member learns of a rebalance with its next heartbeat, and everybody stands still until the last one has.
        "heartbeat.interval.ms": "\(max(100, min(500, sessionTimeoutMs / 4)))",
        // How long a group waits for a member that is silent in a rebalance, and a member for the group's answer before it
        // asks to join again. A cycle ends long before.
        "max.poll.interval.ms": "\(max(60_000, sessionTimeoutMs))",
        "isolation.level": "read_committed",
        "enable.auto.commit": "false",
        "enable.auto.offset.store": "false",
        "auto.offset.reset": "earliest",
        "enable.partition.eof": "false",
        "allow.auto.create.topics": "false",
        "fetch.wait.max.ms": "100",
        "fetch.error.backoff.ms": "100",
        "queued.min.messages": "20000",
        "queued.max.messages.kbytes": "16384",
      ]))
  }

  /// Reads given partitions alone; never joins a group.
  func assignedConsumer(service: String, purpose: String, isolation: String) -> KafkaSettings {
    overlaid(
      connection(service: service).merging([
        "group.id": "\(service)-\(purpose)",
        "isolation.level": isolation,
        "enable.auto.commit": "false",
        "enable.auto.offset.store": "false",
        "auto.offset.reset": "error",
        "enable.partition.eof": "true",
        "allow.auto.create.topics": "false",
        "fetch.wait.max.ms": "10",
        "fetch.error.backoff.ms": "100",
        "queued.min.messages": "50000",
        "queued.max.messages.kbytes": "32768",
      ]))
  }

  func transactionalProducer(service: String) -> KafkaSettings {
    overlaid(
      connection(service: service).merging([
        "transactional.id": memberId(service: service),
        "transaction.timeout.ms": "10000",
        "message.timeout.ms": "10000",
        "enable.idempotence": "true",
        "acks": "all",
        "partitioner": "murmur2_random",
        "linger.ms": "5",
        "batch.num.messages": "10000",
        "batch.size": "1000000",
        "message.max.bytes": "\(Self.messageBytesMax)",
        "queue.buffering.max.messages": "200000",
        "queue.buffering.max.kbytes": "65536",
      ]))
  }

  /// Larger than an input record may be, so that its dead letter fits with its headers.
  private static let messageBytesMax = 8 << 20

  /// The development broker answers a fetch with the whole backlog, whatever limit was asked for; at librdkafka's default
  /// of 100 MB a consumer behind a longer backlog would refuse every answer and stand still.
  private static let answerBytesMax = 2_000_000_000

  private func overlaid(_ settings: KafkaSettings) -> KafkaSettings {
    var settings = settings
    for (key, value) in extra { settings[key] = value }
    return settings
  }
}
