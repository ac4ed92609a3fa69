import Contracts
import Kafka
import Loyalty
import Partitioning

/// Finds outcomes on `loyalty.notifications`. Uses the reader of whoever asks.
package struct MessageReading {
  private let cluster: Cluster
  private let reader: TopicReader

  package init(_ cluster: Cluster, _ reader: TopicReader) {
    self.cluster = cluster
    self.reader = reader
  }

  /// The last ones that pass, at most `limit`, oldest first. A partition holds its outcomes in the order of their time,
  /// so what lies further back than `since` is not read.
  package func last(_ limit: Int, _ filter: MessageFilter) throws -> [MessageOutcome] {
    var found: [MessageOutcome] = []
    for place in try places(of: filter.memberId) {
      var own: [MessageOutcome] = []
      var stretch: [MessageOutcome] = []
      var reachesBack = false
      _ = try reader.lookBack(try reader.range(of: place)) {
        stretch = []
      } record: { message in
        guard let outcome = MessageOutcome(message.value) else { return }
        if outcome.occurredAt < filter.since ?? .distantPast { reachesBack = true }
        if filter.passes(outcome) { stretch.append(outcome) }
      } isEnough: {
        own = stretch.suffix(limit - own.count) + own
        return own.count == limit || reachesBack
      }
      found += own
    }
    return Array(found.sorted { ($0.occurredAt, $0.id) < ($1.occurredAt, $1.id) }.suffix(limit))
  }

  /// All outcomes of one message, oldest first: one, and another for each time that it was sent again. They lie in the
  /// partition of its member, which its id does not name.
  package func outcomes(of messageId: String) throws -> [MessageOutcome] {
    for place in try places(of: nil) {
      var found: [MessageOutcome] = []
      try reader.read([try reader.range(of: place)]) { message in
        if let outcome = MessageOutcome(message.value), outcome.id == messageId { found.append(outcome) }
      }
      if !found.isEmpty { return found }
    }
    return []
  }

  private func places(of memberId: String?) throws -> [KafkaTopicPartition] {
    let count = try cluster.partitionCount(of: .notifications)
    let partitions = memberId.map { [KeyPartitioner.partition(of: $0, among: count)] } ?? Array(0..<Int32(count))
    return partitions.map { KafkaTopicPartition(topic: Topic.notifications.name, partition: $0) }
  }
}

/// What operators have paused: `loyalty.message-controls`, the last record of each channel and template, by key.
package enum PublishedControls {
  package static func read(_ cluster: Cluster) throws -> [String: MessageControl] {
    let count = try cluster.partitionCount(of: .messageControls)
    let reader = try TopicReader(cluster)
    defer { reader.close() }
    var found: [String: MessageControl] = [:]
    try reader.read(try reader.ranges(of: Topic.messageControls.name, partitionCount: count)) { message in
      guard let key = message.key.map({ String(decoding: $0, as: UTF8.self) }) else { return }
      // What does not follow the contract counts for nobody.
      found[key] = message.value.flatMap { try? MessageControl(decoding: $0) }
    }
    return found
  }
}
