import Contracts
import Loyalty
import ServiceDomain
import StreamRuntime

/// `points-engine`: purchases, returns, activities, commands, tier changes, transfers and profiles in; ledger entries,
/// accounts, transfers and tiers that are measured in points out; its partitions share campaigns' budgets among themselves.
package enum PointsEngine {
  static let eventSource: StaticString = "points-engine"
  static let accounts = "accounts"
  static let purchases = "purchases"
  static let commands = "commands"
  static let activities = "activities"
  static let traits = "traits"
  static let allotments = "allotments"
  static let budgets = "budgets"
  static let deferrals = "deferrals"
  static let tiers = "tiers"

  /// Indices into the topology's outputs.
  enum Output {
    static let topics: [Topic] = [.ledger, .accounts, .privacyReports, .transfers, .budgets, .tiers]
    static let ledger = 0
    static let accounts = 1
    static let privacyReports = 2
    static let transfers = 3
    static let budgets = 4
    static let tiers = 5
  }

  /// Campaigns whose rows are kept decoded in memory: each purchase looks at those of its programme.
  private static let campaignRowsCached = 1_000

  /// - Parameter storeRowsCached: accounts kept decoded in memory, a partition.
  package static func topology(_ settings: PointsSettings = PointsSettings(), storeRowsCached: Int) -> Topology {
    Topology(
      of: .pointsEngine,
      stores: [
        Topology.StoreSpec(name: accounts, cacheRowsMax: storeRowsCached),
        // Nearly every purchase and command is new, and seldom looked at again.
        Topology.StoreSpec(name: purchases, cacheRowsMax: 0),
        Topology.StoreSpec(name: commands, cacheRowsMax: 0),
        ErasedMembers.storeSpec,
        Topology.StoreSpec(name: activities, cacheRowsMax: 0),
        Topology.StoreSpec(name: traits, cacheRowsMax: storeRowsCached),
        Topology.StoreSpec(name: allotments, cacheRowsMax: campaignRowsCached),
        Topology.StoreSpec(name: budgets, cacheRowsMax: campaignRowsCached),
        Topology.StoreSpec(name: deferrals, cacheRowsMax: 0),
        Topology.StoreSpec(name: tiers, cacheRowsMax: storeRowsCached),
      ],
      globals: [.programs], outputs: Output.topics, makeProcessor: { try PointsProcessor($0, settings) })
  }
}
