import Contracts
import ServiceDomain
import StreamRuntime

/// `notifier`: ledger entries, tier changes and members' profiles in; messages to members out.
package enum NotifierTopology {
  static let eventSource: StaticString = "notifier"
  static let profiles = "profiles"
  static let messages = "messages"

  /// Indices into the topology's outputs.
  enum Output: Int, CaseIterable {
    case notifications, privacyReports

    var topic: Topic {
      switch self {
      case .notifications: .notifications
      case .privacyReports: .privacyReports
      }
    }
  }

  /// - Parameters:
  ///   - pool: sends for all partitions of this process; it must outlive the stream threads.
  ///   - storeRowsCached: rows of a store kept decoded in memory, a partition.
  package static func make(_ settings: NotifierSettings, pool: SenderPool, storeRowsCached: Int) -> Topology {
    Topology(
      of: .notifier,
      stores: [
        .init(name: profiles, cacheRowsMax: storeRowsCached),
        .init(name: messages, cacheRowsMax: storeRowsCached, timers: .processor),
        ErasedMembers.storeSpec,
      ],
      globals: [.programs], outputs: Output.allCases.map(\.topic),
      makeProcessor: { try NotifierProcessor($0, settings, pool) })
  }
}
