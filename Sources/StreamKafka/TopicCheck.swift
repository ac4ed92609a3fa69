import Kafka
import StreamRuntime

/// Looks at the cluster before a worker starts: every topic it needs must exist, co-partitioned ones with equal counts.
package enum TopicCheck {
  /// How long one try to reach a broker waits.
  private static let attemptMs = 5_000

  package struct Found: Sendable {
    /// Partitions of each input topic.
    package var inputPartitions: Int
    /// Nil where the cluster does not say who it is.
    package var clusterId: String?
  }

  /// Blocks up to `startupTimeoutMs`. Throws one `fatal` error that names everything that is wrong.
  package static func run(
    topology: Topology, settings: KafkaStreamSettings, log: @escaping StreamLog
  ) throws -> Found {
    let admin = try kafka("connect") { () throws(KafkaError) in
      try KafkaAdmin(settings: settings.connection(service: topology.service), log: kafkaLog(log))
    }
    defer { admin.close() }
    let counts = try partitionCounts(admin, settings)
    let changelogs = topology.stores.indices.map(topology.changelogTopic)
    var problems: [String] = []
    for topic in topology.inputTopics + topology.globalTopics + topology.outputTopics where counts[topic] == nil {
      let advice = changelogs.contains(topic) ? " (if it ever did, keep the state folders: they hold what it held)" : ""
      problems.append("\(topic) does not exist\(advice)")
    }
    if let first = topology.inputTopics.first, let expected = counts[first] {
      for topic in topology.inputTopics + changelogs {
        if let count = counts[topic], count != expected {
          problems.append("\(topic) has \(count) partitions, \(first) has \(expected): they must be equal")
        }
      }
    }
    guard problems.isEmpty else {
      throw StreamError(
        .fatal, "\(topology.service) cannot start: \(problems.joined(separator: "; ")). See `loyalty topics apply`")
    }
    return Found(
      inputPartitions: topology.inputTopics.first.flatMap { counts[$0] } ?? 0,
      clusterId: admin.clusterId(timeoutMs: Int32(min(attemptMs, settings.startupTimeoutMs))))
  }

  private static func partitionCounts(
    _ admin: KafkaAdmin, _ settings: KafkaStreamSettings
  ) throws -> [String: Int] {
    var waitedMs = 0
    while true {
      do throws(KafkaError) {
        let topics = try admin.listTopics(timeoutMs: Int32(min(attemptMs, settings.startupTimeoutMs)))
        return Dictionary(topics.map { ($0.name, $0.partitionCount) }, uniquingKeysWith: { $1 })
      } catch {
        waitedMs += attemptMs
        guard error.isTimeout || error.isTransport, waitedMs < settings.startupTimeoutMs else {
          throw StreamError(
            .fatal,
            "no broker answers at \(settings.cluster.brokers) (\(error)). Check --brokers and that the broker is up")
        }
      }
    }
  }
}
