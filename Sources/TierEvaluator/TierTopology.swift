import Contracts
import Loyalty
import ServiceDomain
import StreamRuntime

/// What the tier evaluator reads, keeps and writes.
package enum TierTopology {
  /// Member and programme → `TierState`.
  static let tiers = StoreDefinition<TierKey, TierState>("tiers")
  /// Member, programme and purchase id → ``CountedPurchaseRow``.
  static let purchases = StoreDefinition<CountedPurchaseKey, CountedPurchaseRow>("purchases")

  /// - Parameter tierRowsCached: rows of the store `tiers` kept decoded in memory, a partition.
  package static func make(_ settings: TierSettings, tierRowsCached: Int) -> Topology {
    Topology(
      of: .tierEvaluator,
      stores: [
        tiers.caching(tierRowsCached),
        // Nearly every purchase is new, and of those remembered few come again.
        purchases.caching(0),
        ErasedMembers.storeSpec,
      ],
      readsKeys: settings.requiresSignedCommands,
      processor: { try TierProcessor($0, $1, settings) })
  }
}
