import Contracts
import Loyalty
import ServiceDomain
import StreamRuntime

/// `reward-engine`: requests, tills' commands, imported codes, profiles, levels and the ledger in; redemptions, answers
/// to tills, vouchers and commands on points out. Its partitions own members, stock and codes, and tell each other.
package enum RewardTopology {
  /// Member → what conditions may ask of the profile.
  static let traits = StoreDefinition<String, MemberTraits>("traits")
  /// Member and programme → level.
  static let levels = StoreDefinition<String, LevelRow>("levels")
  /// See ``RedemptionKey``.
  static let redemptions = StoreDefinition<String, RedemptionRow>("redemptions")
  /// Member and reward → how often.
  static let uses = StoreDefinition<String, UsesRow>("uses")
  /// Reward → its pieces.
  static let stock = StoreDefinition<String, StockRow>("stock")
  /// Reward, member and redemption → pieces of it.
  static let claims = StoreDefinition<String, ClaimRow>("claims")
  /// Digest of the code → voucher.
  static let vouchers = StoreDefinition<String, VoucherRow>("vouchers")
  /// Member and digest.
  static let holders = StoreDefinition<String, HolderRow>("holders")
  /// Pool and digest → code.
  static let freeCodes = StoreDefinition<String, FreeCodeRow>("free-codes")
  /// Source → wrong codes.
  static let guesses = StoreDefinition<String, GuessRow>("guesses")
  /// Pool → vouchers that are live here.
  static let liveCodes = StoreDefinition<String, LiveCodesRow>("live-codes")
  /// Source and command → a till's command of several codes that is under way.
  static let bundles = StoreDefinition<String, BundleRow>("bundles")
  /// Member, programme and rule → when it issued last.
  static let grants = StoreDefinition<String, GrantRow>("grants")
  /// Member → the birthday that is waited for.
  static let birthdays = StoreDefinition<String, BirthdayRow>("birthdays")
  /// Member and programme → what points turn into by themselves.
  static let conversions = StoreDefinition<String, ConversionRow>("conversions")
  /// See ``RedemptionKey``: what a redemption has a partner deliver.
  static let orders = StoreDefinition<String, OrderRow>("orders", timers: .processor)
  static let figures = StoreDefinition<String, FiguresRow>("figures")

  /// - Parameters:
  ///   - partners: calls them, for all partitions of this process; it must outlive the stream threads.
  ///   - storeRowsCached: vouchers and redemptions kept decoded in memory, a partition, of each.
  package static func make(
    _ settings: RewardSettings, partners: PartnerPool? = nil, storeRowsCached: Int
  ) -> Topology {
    Topology(
      of: .rewardEngine,
      stores: [
        traits.caching(storeRowsCached),
        levels.caching(storeRowsCached),
        redemptions.caching(storeRowsCached),
        uses.caching(storeRowsCached),
        stock.caching(storeRowsCached),
        claims.caching(storeRowsCached),
        vouchers.caching(storeRowsCached),
        // Looked at by erasures alone, and written once.
        holders.caching(0),
        freeCodes.caching(0),
        guesses.caching(1_000),
        liveCodes.caching(1_000),
        bundles.caching(1_000),
        grants.caching(0),
        birthdays.caching(0),
        conversions.caching(storeRowsCached),
        orders.caching(0),
        figures.caching(1),
        ErasedMembers.storeSpec,
      ],
      actsOutside: partners != nil,
      processor: { try RewardProcessor($0, $1, settings, partners) })
  }
}
