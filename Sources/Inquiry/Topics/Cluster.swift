import Contracts
import Foundation
import Kafka

/// The platform's topics on a cluster. Owned by the thread that asks.
package struct Cluster: Sendable {
  package let kafka: KafkaCluster
  /// What matters of librdkafka's lines comes back as an error of the call it belongs to.
  package let log: KafkaLog
  /// How long a cluster in motion is asked again.
  package let patienceMs: Int

  /// How long a broker may take to answer one question.
  package static let timeoutMs: Int32 = 15_000
  package static let clientId = "loyalty"

  package init(_ kafka: KafkaCluster, patienceMs: Int = 30_000, log: @escaping KafkaLog) {
    self.kafka = kafka
    self.patienceMs = patienceMs
    self.log = log
  }

  // MARK: Patience

  private static let firstPauseMs = 100
  private static let pauseMsMax = 2_000

  /// Asks again, with growing pauses, what a cluster in motion does not answer: a partition without a leader, a topic
  /// that a broker does not know yet, a coordinator on its way. The one place for it. `ask` may be heard twice, so it
  /// must not matter if it is.
  package func patiently<Result>(_ ask: () throws -> Result) throws -> Result {
    let deadline = ContinuousClock.now + .milliseconds(patienceMs)
    var pauseMs = Self.firstPauseMs
    while true {
      do {
        return try ask()
      } catch let error as KafkaError where [.passing, .missingTopic].contains(error.fault) && .now < deadline {
        log(7, "asking again: \(error)")
        Thread.sleep(forTimeInterval: Double(pauseMs) / 1_000)
        pauseMs = min(2 * pauseMs, Self.pauseMsMax)
      }
    }
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
    do {
      return try patiently {
        do throws(KafkaError) {
          return try admin.listTopics(timeoutMs: Self.metadataTimeoutMs)
        } catch {
          // Who is refused stays refused.
          throw admin.connectionFailures().first { $0.fault == .refused } ?? error
        }
      }
    } catch let error as KafkaError where error.fault == .passing {
      throw InquiryError.noBroker(at: kafka.brokers, reasons: admin.connectionFailures().map(\.message))
    }
  }

  /// Short, so that a refusal shows soon.
  private static let metadataTimeoutMs: Int32 = 3_000

  // MARK: Clients

  /// Reads given partitions alone and joins no group. `group` is the one whose offsets a transaction may commit.
  package func consumer(group: String = "loyalty-command") throws -> KafkaConsumer {
    try KafkaConsumer(settings: kafka.reader(Self.clientId, group: group), log: log)
  }
}
