import Contracts
import ServiceDomain
import StreamRuntime

/// `notifier`: ledger entries, tier changes, what accounts hold, answers to claims, members' profiles and what they
/// want, and reports on messages in; messages to members, what these want as it stands, and contacts to be left alone
/// out.
package enum NotifierTopology {
  static let profiles = StoreDefinition<String, ProfileRow>("profiles")
  static let preferences = StoreDefinition<String, PreferencesRow>("preferences")
  /// Messages on their way by e-mail, and those still being gathered.
  static let messages = StoreDefinition<MessageKey, MessageRow>("messages", timers: .processor)
  /// Messages on their way by SMS: a store of their own, so that neither channel waits behind the other's rows.
  static let smsMessages = StoreDefinition<MessageKey, MessageRow>("sms-messages", timers: .processor)
  /// The same of what must not wait behind others, and of what others must not wait behind: each class has an order of
  /// its own in which its rows are due.
  static let securityMessages = StoreDefinition<MessageKey, MessageRow>("security-messages", timers: .processor)
  static let securitySMSMessages = StoreDefinition<MessageKey, MessageRow>("security-sms-messages", timers: .processor)
  static let marketingMessages = StoreDefinition<MessageKey, MessageRow>("marketing-messages", timers: .processor)
  static let marketingSMSMessages = StoreDefinition<MessageKey, MessageRow>(
    "marketing-sms-messages", timers: .processor)
  /// Messages on their way by Zalo, which takes none of the class security.
  static let znsMessages = StoreDefinition<MessageKey, MessageRow>("zns-messages", timers: .processor)
  static let marketingZNSMessages = StoreDefinition<MessageKey, MessageRow>(
    "marketing-zns-messages", timers: .processor)
  /// Messages on their way to apps.
  static let pushMessages = StoreDefinition<MessageKey, MessageRow>("push-messages", timers: .processor)
  static let securityPushMessages = StoreDefinition<MessageKey, MessageRow>(
    "security-push-messages", timers: .processor)
  static let marketingPushMessages = StoreDefinition<MessageKey, MessageRow>(
    "marketing-push-messages", timers: .processor)
  /// How many messages of a class a member had on a day.
  static let dayCounts = StoreDefinition<String, DayCounts>("day-counts", timers: .processor)
  /// What there is to tell ahead, by member and programme: it is due by the task's clock, as accounts are.
  static let outlooks = StoreDefinition<String, OutlookRow>("outlooks")
  /// What has its outcome, by the id of the message.
  static let told = StoreDefinition<MessageKey, MessageRow>("told", timers: .processor)
  /// What was given to a channel, by the message's id alone: reports know no member.
  static let tracked = StoreDefinition<String, TrackedMessage>("tracked", timers: .processor)
  static let softBounces = StoreDefinition<String, SoftBounces>("soft-bounces", timers: .processor)

  /// - Parameters:
  ///   - pools: send for all partitions of this process; they must outlive the stream threads.
  ///   - storeRowsCached: rows of a store kept decoded in memory, a partition.
  package static func make(_ settings: NotifierSettings, pools: SenderPools, storeRowsCached: Int) -> Topology {
    Topology(
      of: .notifier,
      stores: [
        profiles.caching(storeRowsCached),
        // Bookings are gathered here, entry by entry, in one cycle.
        messages.caching(storeRowsCached),
        // Rows that are looked for in vain by every event and change once a cycle gain nothing from a cache.
        smsMessages.caching(0), securityMessages.caching(0), securitySMSMessages.caching(0),
        marketingMessages.caching(0), marketingSMSMessages.caching(0), znsMessages.caching(0),
        marketingZNSMessages.caching(0), pushMessages.caching(0), securityPushMessages.caching(0),
        marketingPushMessages.caching(0), dayCounts.caching(0),
        told.caching(0),
        preferences.caching(storeRowsCached),
        tracked.caching(0),
        softBounces.caching(0),
        outlooks.caching(storeRowsCached),
        ErasedMembers.storeSpec,
      ],
      actsOutside: true,
      processor: { try NotifierProcessor($0, $1, settings, pools) })
  }
}
