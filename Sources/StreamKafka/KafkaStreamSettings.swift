import Kafka

/// How one stream thread reaches Kafka and its disk.
package struct KafkaStreamSettings: Sendable {
  package var cluster: KafkaCluster
  /// Who the cluster says it is; nil where it does not, or was not asked.
  package var clusterId: String?
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
  /// A stop gives the partitions to the others at once, instead of keeping them for a restart inside the session
  /// timeout.
  package var leavesGroupOnStop: Bool
  /// Told to whoever looks at the group.
  package var isOnStreamTime: Bool

  package init(
    cluster: KafkaCluster, instance: String, threadIndex: Int, threadCount: Int = 1, stateDirectory: String,
    storeCacheKiB: Int, sessionTimeoutMs: Int, startupTimeoutMs: Int, leavesGroupOnStop: Bool = false,
    isOnStreamTime: Bool = false
  ) {
    self.cluster = cluster
    self.instance = instance
    self.threadIndex = threadIndex
    self.threadCount = threadCount
    self.stateDirectory = stateDirectory
    self.storeCacheKiB = storeCacheKiB
    self.sessionTimeoutMs = sessionTimeoutMs
    self.startupTimeoutMs = startupTimeoutMs
    self.leavesGroupOnStop = leavesGroupOnStop
    self.isOnStreamTime = isOnStreamTime
  }

  package func forThread(_ index: Int) -> KafkaStreamSettings {
    var own = self
    own.threadIndex = index
    return own
  }

  /// `transactional.id` and `group.instance.id` of this thread.
  package func memberId(service: String) -> String { memberId(service: service, thread: threadIndex) }

  /// Where the stores of this instance lie, a file a partition.
  package func stateFolder(service: String) -> String { "\(stateDirectory)/\(service)" }

  /// Those of all threads of this process.
  func memberIds(service: String) -> [String] { (0..<threadCount).map { memberId(service: service, thread: $0) } }

  private func memberId(service: String, thread: Int) -> String { "\(service)-\(instance)-\(thread)" }

  /// For what asks of the cluster and reads or writes nothing.
  func connection(service: String) -> KafkaSettings { cluster.client(memberId(service: service)) }

  /// A member of the service's consumer group.
  func groupConsumer(service: String) -> KafkaSettings {
    let id = memberId(service: service)
    return cluster.consumer(
      GroupMember(name: id, isOnStreamTime: isOnStreamTime).clientId,
      [
        "group.id": service,
        "group.instance.id": id,
        "partition.assignment.strategy": "range",
        "session.timeout.ms": "\(sessionTimeoutMs)",
        // A member learns of a rebalance with its next heartbeat, and everybody stands still until the last one has.
        "heartbeat.interval.ms": "\(max(100, min(500, sessionTimeoutMs / 4)))",
        // How long a group waits for a member that is silent in a rebalance, and a member for the group's answer before
        // it asks to join again. A cycle ends long before.
        "max.poll.interval.ms": "\(max(60_000, sessionTimeoutMs))",
        "isolation.level": "read_committed",
        "enable.auto.commit": "false",
        "enable.auto.offset.store": "false",
        // What is gone must not be passed over: the runtime is told, and stops the partition.
        "auto.offset.reset": "error",
        // Tells where a partition ends behind the markers of transactions.
        "enable.partition.eof": "true",
        "allow.auto.create.topics": "false",
        "fetch.wait.max.ms": "100",
      ])
  }

  /// Reads given partitions alone; never joins a group.
  func assignedConsumer(service: String, purpose: String, isolation: String) -> KafkaSettings {
    cluster.reader(memberId(service: service), group: "\(service)-\(purpose)", isolation: isolation)
  }

  func transactionalProducer(service: String) -> KafkaSettings {
    let id = memberId(service: service)
    return cluster.producer(
      id,
      [
        "transactional.id": id,
        "transaction.timeout.ms": "\(Self.transactionTimeoutMs)",
        "message.timeout.ms": "\(Self.transactionTimeoutMs)",
      ])
  }

  /// After so long the coordinator ends a transaction and raises the producer's epoch. Longer than a failover, or each
  /// would cost a cycle and a new producer; and no longer, for readers of what is committed stand that long behind the
  /// transaction of an instance that is lost for good.
  private static let transactionTimeoutMs = 30_000
}
