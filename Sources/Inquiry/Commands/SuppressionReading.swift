import Contracts
import Kafka

/// Who is on the suppression list: `loyalty.suppressions`, the last record of each contact.
package enum SuppressionReading {
  /// Those that nothing is sent to, the latest first, and those that were taken from the list among `released`.
  package static func read(_ cluster: Cluster) throws -> (suppressed: [ContactSuppression], released: Int) {
    let count = try cluster.partitionCount(of: .suppressions)
    let reader = try TopicReader(cluster)
    defer { reader.close() }
    var found: [String: ContactSuppression] = [:]
    try reader.read(try reader.ranges(of: Topic.suppressions.name, partitionCount: count)) { message in
      guard let key = message.key.map({ String(decoding: $0, as: UTF8.self) }) else { return }
      // What does not follow the contract counts for nobody.
      found[key] = message.value.flatMap { try? ContactSuppression(decoding: $0) }
    }
    let suppressed = found.values.filter(\.isSuppressed).sorted {
      $0.occurredAt == $1.occurredAt ? $0.digest < $1.digest : $0.occurredAt > $1.occurredAt
    }
    return (suppressed, found.count - suppressed.count)
  }
}
