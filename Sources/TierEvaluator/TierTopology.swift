import Contracts
import ServiceDomain
import StreamRuntime

/// What the tier evaluator reads, keeps and writes.
package enum TierTopology {
  package static let service = Service.tierEvaluator

  /// In the order of the topology's output topics.
  enum Output: Int, CaseIterable {
    case tiers, privacyReports

    var topic: Topic {
      switch self {
      case .tiers: .tiers
      case .privacyReports: .privacyReports
      }
    }
  }

  /// Member and programme → `TierState`.
  static let tierStore = "tiers"
  /// Member, programme and purchase id → ``PurchaseRow``.
  static let purchaseStore = "purchases"

  /// - Parameter tierRowsCached: rows of the store `tiers` kept decoded in memory, a partition.
  package static func make(_ settings: TierSettings, tierRowsCached: Int) -> Topology {
    Topology(
      of: service,
      stores: [
        .init(name: tierStore, cacheRowsMax: tierRowsCached),
        // Nearly every purchase is new, and of those remembered few come again.
        .init(name: purchaseStore, cacheRowsMax: 0),
        ErasedMembers.storeSpec,
      ],
      globals: [.programs], outputs: Output.allCases.map(\.topic),
      makeProcessor: { try TierProcessor($0, settings) })
  }
}
