import Contracts
import ServiceDomain
import StreamRuntime

/// `notifier`: ledger entries, tier changes, answers to claims and members' profiles in; messages to members out.
package enum NotifierTopology {
  static let eventSource: StaticString = "notifier"
  static let profiles = "profiles"
  /// Messages on their way by e-mail, and those still being gathered.
  static let messages = "messages"
  /// Messages on their way by SMS: a store of their own, so that neither channel waits behind the other's rows.
  static let smsMessages = "sms-messages"
  /// What has its outcome, by the id of the message.
  static let told = "told"

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
  ///   - pools: send for all partitions of this process; they must outlive the stream threads.
  ///   - storeRowsCached: rows of a store kept decoded in memory, a partition.
  package static func make(_ settings: NotifierSettings, pools: SenderPools, storeRowsCached: Int) -> Topology {
    Topology(
      of: .notifier,
      stores: [
        .init(name: profiles, cacheRowsMax: storeRowsCached),
        // Bookings are gathered here, entry by entry, in one cycle.
        .init(name: messages, cacheRowsMax: storeRowsCached, timers: .processor),
        // Rows that are looked for in vain by every event and change once a cycle gain nothing from a cache.
        .init(name: smsMessages, cacheRowsMax: 0, timers: .processor),
        .init(name: told, cacheRowsMax: 0, timers: .processor),
        ErasedMembers.storeSpec,
      ],
      globals: [.programs], outputs: Output.allCases.map(\.topic),
      makeProcessor: { try NotifierProcessor($0, settings, pools) })
  }
}
