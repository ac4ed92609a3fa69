import Kafka
import StreamRuntime

/// Looks at the cluster before a worker starts: every topic it needs must exist, co-partitioned ones with equal counts.
package enum TopicCheck {
  /// How long one try to reach a broker waits at first; each next one longer, up to the last, for clusters that are
  /// slow to tell all their topics.
  private static let firstAttemptMs: Int32 = 1_000
  private static let attemptMsMax: Int32 = 10_000

  package struct Found: Sendable {
    /// Partitions of each input topic.
    package var inputPartitions: Int
    /// Nil where the cluster does not say who it is.
    package var clusterId: String?
    /// By output topic.
    package var outputLimits: [OutputLimit]
  }

  /// Blocks up to `startupTimeoutMs`. Throws one `fatal` error that names everything that is wrong.
  package static func run(
    topology: Topology, settings: KafkaStreamSettings, log: @escaping StreamLog
  ) throws -> Found {
    let admin = try kafka("connect") { () throws(KafkaError) in
      try KafkaAdmin(settings: settings.connection(service: topology.service), log: kafkaLog(log))
    }
    defer { admin.close() }
    var patience = Patience(
      limitMs: Int64(settings.startupTimeoutMs), seed: settings.threadIndex, nowMs: MonotonicClock.nowMs, log: log)
    var attemptMs = firstAttemptMs
    while true {
      do {
        let counts = try partitionCounts(admin, settings, timeoutMs: attemptMs)
        try check(counts, topology)
        patience.end()
        return Found(
          inputPartitions: topology.inputTopics.first.flatMap { counts[$0] } ?? 0,
          clusterId: admin.clusterId(timeoutMs: attemptMs),
          outputLimits: outputLimits(admin, topology, counts, settings, log, timeoutMs: attemptMs))
      } catch let error as StreamError where error.response.waits {
        try patience.meet(error)
        patience.rest { false }
        attemptMs = min(2 * attemptMs, attemptMsMax, Int32(clamping: settings.startupTimeoutMs))
      }
    }
  }

  /// Kafka's own `max.message.bytes`, and librdkafka's `message.max.bytes`.
  private static let topicBytesDefault = 1_048_588
  private static let producerBytesDefault = 1_000_000

  /// What the output topics take. Of a topic that this client may not ask about, what Kafka sets where nobody does.
  private static func outputLimits(
    _ admin: KafkaAdmin, _ topology: Topology, _ counts: [String: Int], _ settings: KafkaStreamSettings,
    _ log: StreamLog, timeoutMs: Int32
  ) -> [OutputLimit] {
    var told: [String: Int] = [:]
    do throws(KafkaError) {
      let configs = try admin.describeConfigs(topics: topology.outputTopics, timeoutMs: timeoutMs)
      told = configs.compactMapValues { $0["max.message.bytes"].flatMap { Int($0) } }
    } catch {
      log(.debug, "the cluster does not say what its topics take", [("reason", error.description)])
    }
    let untold = topology.outputTopics.filter { told[$0] == nil }
    if !untold.isEmpty {
      log(
        .info,
        "the cluster does not say how large a record of these topics may be; taking Kafka's default (the right is "
          + "DescribeConfigs, see docs/security.md)",
        [("topics", untold.joined(separator: ",")), ("bytes", "\(topicBytesDefault)")])
    }
    let producer = settings.transactionalProducer(service: topology.service)["message.max.bytes"].flatMap { Int($0) }
    return topology.outputTopics.map { topic in
      OutputLimit(
        bytesMax: min(told[topic] ?? topicBytesDefault, producer ?? producerBytesDefault),
        partitions: Int32(clamping: counts[topic] ?? 0))
    }
  }

  private static func check(_ counts: [String: Int], _ topology: Topology) throws {
    let changelogs = topology.stores.indices.map(topology.changelogTopic)
    var missing: [String] = []
    for topic in topology.inputTopics + topology.globalTopics + topology.outputTopics where counts[topic] == nil {
      let advice = changelogs.contains(topic) ? " (if it ever did, keep the state folders: they hold what it held)" : ""
      missing.append("\(topic) does not exist\(advice)")
    }
    var unequal: [String] = []
    if let first = topology.inputTopics.first, let expected = counts[first] {
      for topic in topology.inputTopics + changelogs {
        if let count = counts[topic], count != expected {
          unequal.append("\(topic) has \(count) partitions, \(first) has \(expected): they must be equal")
        }
      }
    }
    guard !missing.isEmpty || !unequal.isEmpty else { return }
    let problems = (missing + unequal).joined(separator: "; ")
    // A broker that has just started knows no topics for a moment; how many partitions one has does not change.
    throw StreamError(
      unequal.isEmpty ? .waitForTopic : .fatal,
      "\(topology.service) cannot start: \(problems). See `loyalty topics apply`; where the cluster checks rights, "
        + "`loyalty topics acls` too")
  }

  private static func partitionCounts(
    _ admin: KafkaAdmin, _ settings: KafkaStreamSettings, timeoutMs: Int32
  ) throws -> [String: Int] {
    do throws(KafkaError) {
      let topics = try admin.listTopics(timeoutMs: timeoutMs)
      return Dictionary(topics.map { ($0.name, $0.partitionCount) }, uniquingKeysWith: { $1 })
    } catch {
      let failures = admin.connectionFailures()
      if let refusal = failures.first(where: { $0.fault == .refused }) {
        let told = StreamError(refusal, doing: "connect to \(settings.cluster.brokers)")
        guard let advice = settings.cluster.authenticationAdvice else { throw told }
        throw StreamError(told.response, "\(told). \(advice)")
      }
      guard error.fault == .passing else { throw StreamError(error, doing: "look at the topics") }
      let reasons = failures.isEmpty ? [error] : failures
      throw StreamError(
        .waitForCluster,
        "no broker answers at \(settings.cluster.brokers) (\(reasons.map(\.description).joined(separator: "; "))). "
          + "Check --brokers and that the broker is up")
    }
  }
}
