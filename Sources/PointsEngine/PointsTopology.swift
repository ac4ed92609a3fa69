import Contracts
import Loyalty
import ServiceDomain
import StreamRuntime

/// `points-engine`: purchases, returns, activities, commands, tier changes, transfers and profiles in; ledger entries,
/// accounts, transfers and tiers that are measured in points out; its partitions share campaigns' budgets, and what
/// actors may have done by hand in a day, among themselves.
package enum PointsTopology {
  /// Member and programme → `Account`.
  static let accounts = StoreDefinition<String, Account>("accounts")
  /// See ``PurchaseKey``.
  static let purchases = StoreDefinition<String, PurchaseRecord>("purchases")
  /// See ``CommandKey``.
  static let commands = StoreDefinition<String, CommandRow>("commands")
  static let commandContents = StoreDefinition<String, CommandContentRow>("command-contents")
  /// Under the key of the command that proposed it.
  static let proposals = StoreDefinition<String, ProposalRow>("proposals")
  /// See ``ActorDayRow/key(_:_:_:)``.
  static let actorDays = StoreDefinition<String, ActorDayRow>("actor-days")
  /// See ``ActivityKey``.
  static let activities = StoreDefinition<String, ActivityRow>("activities")
  /// Member → what conditions may ask of the profile.
  static let traits = StoreDefinition<String, MemberTraits>("traits")
  /// See ``CampaignKey``.
  static let allotments = StoreDefinition<String, CampaignAllotment>("allotments")
  static let budgets = StoreDefinition<String, CampaignBudget>("budgets")
  static let deferrals = StoreDefinition<String, DeferredAward>("deferrals")
  static let tiers = StoreDefinition<TierKey, TierState>("tiers")

  /// Campaigns whose rows are kept decoded in memory: each purchase looks at those of its programme.
  private static let campaignRowsCached = 1_000

  /// - Parameter storeRowsCached: accounts kept decoded in memory, a partition.
  package static func make(_ settings: PointsSettings = PointsSettings(), storeRowsCached: Int) -> Topology {
    Topology(
      of: .pointsEngine,
      stores: [
        accounts.caching(storeRowsCached),
        // Nearly every purchase and command is new, and seldom looked at again.
        purchases.caching(0),
        commands.caching(0),
        commandContents.caching(0),
        proposals.caching(0),
        actorDays.caching(0),
        ErasedMembers.storeSpec,
        activities.caching(0),
        traits.caching(storeRowsCached),
        allotments.caching(campaignRowsCached),
        budgets.caching(campaignRowsCached),
        deferrals.caching(0),
        tiers.caching(storeRowsCached),
      ],
      readsKeys: settings.requiresSignedCommands,
      processor: { try PointsProcessor($0, $1, settings) })
  }
}
