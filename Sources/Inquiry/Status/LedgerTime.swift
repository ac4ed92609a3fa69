import Contracts
import Kafka
import Loyalty

/// The time that the books have come to: on stream time the one sign of the time that the workers live in.
package enum LedgerTime {
  /// When the latest of each partition's last entries was booked; nil: none has been.
  package static func latest(_ cluster: Cluster, _ reader: TopicReader) throws -> Instant? {
    let count = try cluster.partitionCount(of: .ledger)
    var latest: Instant?
    for range in try reader.ranges(of: Topic.ledger.name, partitionCount: count) {
      var isFound = false
      _ = try reader.lookBack(range) { message in
        guard let value = message.value, let entry = try? LedgerEntry(decoding: value) else { return }
        isFound = true
        latest = max(latest ?? entry.bookedAt, entry.bookedAt)
      } isEnough: {
        isFound
      }
    }
    return latest
  }
}
