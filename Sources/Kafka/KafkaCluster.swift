/// How to reach a cluster, and how the platform's clients behave on it: workers' and the operator's alike. A client's
/// own settings are laid over these, and `properties` over all.
package struct KafkaCluster: Sendable {
  /// `host:port`, comma-separated.
  package let brokers: String
  /// Further librdkafka properties (TLS, SASL, tuning), for every client.
  private let properties: [String: String]

  /// Larger than an input record may be, so that its dead letter fits with its headers.
  private static let messageBytesMax = 8 << 20

  package init(brokers: String, properties: [String: String] = [:]) {
    self.brokers = brokers
    self.properties = properties
  }

  /// - Parameter id: told to the brokers, for their logs, quotas and group descriptions.
  package func client(_ id: String, _ own: KafkaSettings = [:]) -> KafkaSettings {
    let shared: KafkaSettings = [
      "bootstrap.servers": brokers,
      "client.id": id,
      "socket.nagle.disable": "true",
      "reconnect.backoff.ms": "100",
      "reconnect.backoff.max.ms": "1000",
      "log.connection.close": "false",
      "topic.metadata.refresh.interval.ms": "30000",
    ]
    var all = shared.merging(own)
    for (key, value) in properties { all[key] = value }
    return all
  }

  /// Reads given partitions alone. It joins no group; `group` is the one whose offsets a transaction may commit.
  package func reader(_ id: String, group: String, isolation: String = "read_committed") -> KafkaSettings {
    client(
      id,
      [
        "group.id": group,
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
      ])
  }

  /// Idempotent; partitions by key as every producer of the platform does.
  package func producer(_ id: String, _ own: KafkaSettings) -> KafkaSettings {
    let producing: KafkaSettings = [
      "enable.idempotence": "true",
      "acks": "all",
      "partitioner": "murmur2_random",
      "linger.ms": "5",
      "batch.num.messages": "10000",
      "batch.size": "1000000",
      "message.max.bytes": "\(Self.messageBytesMax)",
      "queue.buffering.max.messages": "200000",
      "queue.buffering.max.kbytes": "65536",
    ]
    return client(id, producing.merging(own))
  }
}
