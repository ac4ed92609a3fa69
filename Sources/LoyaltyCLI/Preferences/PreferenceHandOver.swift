import Contracts
import Foundation
import Inquiry
import JSON
import Kafka
import Partitioning

/// A request about a member's messages that the brokers have.
struct PreferenceHandOver {
  private let handedOver: HandedOver

  private static let lookAgainS = 0.1

  init(_ request: PreferenceRequest, _ cluster: Cluster) throws {
    var writer = JSONWriter()
    request.encode(to: &writer)
    let topic = Topic.preferenceRequests
    let count = try cluster.partitionCount(of: topic)
    let offset = try RecordWriter.publishOne(cluster, to: topic, key: request.recordKey, value: writer)
    let place = KafkaTopicPartition(
      topic: topic.name, partition: KeyPartitioner.partition(of: request.recordKey, among: count))
    handedOver = HandedOver(cluster, to: [.notifier], place: place, offset: offset)
  }

  /// False: the notifier has not taken it in time.
  func waitTaken(timeoutMs: Int) throws -> Bool {
    let deadline = ContinuousClock.now + .milliseconds(timeoutMs)
    while .now < deadline {
      if try handedOver.isTaken() { return true }
      Thread.sleep(forTimeInterval: Self.lookAgainS)
    }
    return false
  }
}
