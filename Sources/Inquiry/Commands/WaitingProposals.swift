import Contracts
import Kafka
import Loyalty

/// The adjustments that wait for an approval now: `loyalty.proposals`, the last record of each key.
package enum WaitingProposals {
  /// Those that expire first come first.
  package static func read(_ cluster: Cluster) throws -> [Proposal] {
    let count = try cluster.partitionCount(of: .proposals)
    let reader = try TopicReader(cluster)
    defer { reader.close() }
    var found: [[UInt8]: Proposal] = [:]
    try reader.read(try reader.ranges(of: Topic.proposals.name, partitionCount: count)) { message in
      guard let key = message.key.map({ Array($0) }) else { return }
      found[key] = nil
      guard let value = message.value, !value.isEmpty else { return }
      found[key] = try Proposal(decoding: value)
    }
    return found.values.sorted { ($0.expiresAt, $0.memberId, $0.id) < ($1.expiresAt, $1.memberId, $1.id) }
  }
}
