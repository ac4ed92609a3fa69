import Contracts
import Inquiry
import Loyalty
import ServiceKit

/// The time that the workers live in: the machine's, or that of the events. Their group tells it; where no worker runs,
/// `--clock` does.
struct WorkersTime {
  let isOnStream: Bool
  /// Whether a worker has said so.
  let isKnown: Bool

  private static let timeoutMs: Int32 = 15_000

  init(_ cluster: Cluster, told: MemberCommandSettings.CommandClock?) throws {
    let members = try Self.members(of: .pointsEngine, cluster)
    isKnown = members.areOnStreamTime != nil
    isOnStream = members.areOnStreamTime ?? (told == .stream)
    guard let told, let actual = members.areOnStreamTime, actual != (told == .stream) else { return }
    throw ConfigurationError([
      .init(
        place: "--clock",
        remedy: "is \(told.rawValue), but the workers live on \(actual ? "stream" : "wall") time; leave it out")
    ])
  }

  /// The workers of a service that are members of its group now.
  static func members(of service: Service, _ cluster: Cluster) throws -> WorkerMembers {
    // Finds out whether there is a broker, too.
    _ = try cluster.partitionCounts(of: [])
    return WorkerMembers(
      clientIds: try cluster.withAdmin { admin in
        try cluster.patiently { try admin.clientIDs(inGroup: service.name, timeoutMs: timeoutMs) }
      })
  }

  /// nil: nothing has been booked on stream time yet.
  func now(_ cluster: Cluster, _ reader: TopicReader) throws -> Instant? {
    isOnStream ? try LedgerTime.latest(cluster, reader) : Instant(milliseconds: LogOutput.wallClockMs())
  }
}
