/// How to reach a cluster, and how the platform's clients behave on it: workers' and the operator's alike. A client's
/// own settings are laid over these, and what an operator sets over all.
///
/// The one way there: nothing else names brokers to a client.
package struct KafkaCluster: Sendable {
  /// `host:port`, comma-separated.
  package let brokers: String
  /// TLS, SASL, tuning: for every client that they are meant for.
  let properties: KafkaProperties
  /// Where clients get their OAUTHBEARER tokens; nil: librdkafka gets them itself, or none are needed.
  let token: KafkaTokenSource?

  /// Larger than an input record may be, so that its dead letter fits with its headers.
  private static let messageBytesMax = 8 << 20

  package init(brokers: String, properties: KafkaProperties = .none, token: KafkaTokenSource? = nil) {
    self.brokers = brokers
    self.properties = properties
    self.token = token
  }

  // MARK: Clients

  /// Asks of the cluster; reads and writes no records.
  /// - Parameter id: told to the brokers, for their logs, quotas and group descriptions.
  package func client(_ id: String) -> KafkaSettings { settings(id, [:], of: .all) }

  /// librdkafka before 2.2 looks away for up to a second once its queue is full: with less queued than a thread works
  /// off in a second, the thread stands still for the rest of it. So the queue holds more records than that, and the
  /// memory is bounded by bytes instead: 32 MiB queued, and one answer more.
  package func consumer(_ id: String, _ own: KafkaSettings) -> KafkaSettings {
    let fetching: KafkaSettings = [
      "queued.min.messages": "100000",
      "queued.max.messages.kbytes": "32768",
      "fetch.message.max.bytes": "4194304",
      "fetch.max.bytes": "16777216",
      "fetch.error.backoff.ms": "100",
    ]
    return settings(id, fetching.merging(own), of: .consumers)
  }

  /// Reads given partitions alone. It joins no group; `group` is the one whose offsets a transaction may commit.
  package func reader(_ id: String, group: String, isolation: String = "read_committed") -> KafkaSettings {
    consumer(
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
    return settings(id, producing.merging(own), of: .producers)
  }

  private func settings(_ id: String, _ own: KafkaSettings, of clients: KafkaProperty.Clients) -> KafkaSettings {
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
    properties.forEach(of: clients) { name, value in all[name] = value }
    all.token = token
    return all
  }
}
