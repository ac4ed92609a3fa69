import JSON
import Loyalty

/// An account of a member in a partition that is not the member's own: what was published by another partitioner was
/// booked there by earlier releases. Nobody sees it.
package struct StrayAccount: Equatable, Sendable {
  package struct Place: Hashable, Comparable, Sendable {
    var memberId: String
    var programId: String
    var partition: Int32

    package static func < (one: Place, other: Place) -> Bool {
      (one.memberId, one.programId, one.partition) < (other.memberId, other.programId, other.partition)
    }
  }

  let place: Place
  let ownPartition: Int32
  private(set) var entries = 0
  /// Pending and available, after its last entry.
  private(set) var points: Points = 0

  init(_ place: Place, ownPartition: Int32) {
    self.place = place
    self.ownPartition = ownPartition
  }

  mutating func book(_ entry: LedgerEntry) {
    entries += 1
    points = entry.balances.pending + entry.balances.available
  }

  var json: JSONValue {
    .object([
      .init("memberId", .string(place.memberId)),
      .init("programId", .string(place.programId)),
      .init("partition", .number("\(place.partition)")),
      .init("ownPartition", .number("\(ownPartition)")),
      .init("entries", .number("\(entries)")),
      .init("points", .number("\(points.value)")),
    ])
  }

  /// nil where nothing is left to be booked.
  var remedy: String? {
    guard points != 0 else { return nil }
    let member = place.memberId.replacing("'", with: "'\\''")
    return "loyalty points adjust '\(member)' --program '\(place.programId)' --points \(points.value) "
      + "--id 'stray-\(place.partition)-\(place.programId)' --actor YOU --reason 'booked in partition \(place.partition)'"
  }
}

extension AuditReport {
  private static let remediesNamed = 20

  /// What mends the faults that have one remedy, in the order to do it.
  package var remedies: [String] {
    guard !strays.isEmpty else { return [] }
    let commands = strays.compactMap(\.remedy)
    var lines = [
      "What lies in another partition than its member's was published by a client that partitions by another hash "
        + "(kcat and librdkafka's own default). Services send such records on since; have the client partition by "
        + "murmur2_random all the same (kcat: -X topic.partitioner=murmur2_random)."
    ]
    guard !commands.isEmpty else { return lines }
    lines.append("What was booked there, nobody sees. Book it on the member's own account, once:")
    lines += commands.prefix(Self.remediesNamed)
    if commands.count > Self.remediesNamed {
      lines.append("… and \(commands.count - Self.remediesNamed) more, as strayAccounts of --json tells them.")
    }
    return lines
  }
}
