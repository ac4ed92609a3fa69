import Contracts
import Kafka
import Loyalty

/// The adjustments that wait for another person now: `loyalty.proposals`, the last record of each key.
package struct WaitingProposals {
  /// Those that expire first come first.
  package private(set) var proposals: [Proposal] = []
  /// Records that no engine wrote: they cannot be read, or lie under another key than their own. They hold up nobody.
  package private(set) var strays = 0

  package static func read(_ cluster: Cluster) throws -> WaitingProposals {
    let count = try cluster.partitionCount(of: .proposals)
    let reader = try TopicReader(cluster)
    defer { reader.close() }
    var values: [[UInt8]: [UInt8]] = [:]
    try reader.read(try reader.ranges(of: Topic.proposals.name, partitionCount: count)) { message in
      guard let key = message.key.map({ Array($0) }) else { return }
      values[key] = message.value.flatMap { $0.isEmpty ? nil : Array($0) }
    }
    return WaitingProposals(values)
  }

  /// - Parameter values: by the records' keys.
  package init(_ values: [[UInt8]: [UInt8]]) {
    for (key, value) in values {
      guard let proposal = try? value.withUnsafeBytes({ try Proposal(decoding: $0) }),
        key == Array(RecordKey.joined(proposal.memberId, proposal.programId, proposal.id).utf8)
      else {
        strays += 1
        continue
      }
      proposals.append(proposal)
    }
    proposals.sort { ($0.expiresAt, $0.memberId, $0.id) < ($1.expiresAt, $1.memberId, $1.id) }
  }
}
