/// The topics of the platform. What each holds, how long it is kept and the schema of its values stand in `topics/`,
/// one file a topic.
package enum Topic: String, CaseIterable, Sendable {
  case purchases = "commerce.purchases"
  case rejections = "commerce.rejections"
  /// Claims of purchases that found no member.
  case claimRequests = "commerce.claims"
  case programs = "loyalty.programs"
  /// What messages say, and what letters look like.
  case templates = "loyalty.templates"
  /// What members get for points, the pools that its codes come from, and who else delivers it.
  case rewards = "loyalty.rewards"
  case voucherPools = "loyalty.voucher-pools"
  case partners = "loyalty.partners"
  case members = "loyalty.members"
  case forwardings = "loyalty.forwardings"
  case lookups = "loyalty.lookups"
  /// What became of claims.
  case claims = "loyalty.claims"
  case activities = "loyalty.activities"
  case commands = "loyalty.commands"
  /// Public keys of those who sign commands.
  case commandKeys = "loyalty.command-keys"
  case transactions = "loyalty.transactions"
  case transfers = "loyalty.transfers"
  case budgets = "loyalty.budgets"
  /// Whether actors may have so much done by hand in a day.
  case clearances = "loyalty.clearances"
  case ledger = "loyalty.ledger"
  case accounts = "loyalty.accounts"
  /// Adjustments that wait for another person's approval.
  case proposals = "loyalty.proposals"
  case tiers = "loyalty.tiers"
  case notifications = "loyalty.notifications"
  /// Channels and templates whose messages wait on an operator's word.
  case messageControls = "loyalty.message-controls"
  /// What operators ask about a member's messages, and what the notifier answers.
  case messageRequests = "loyalty.message-requests"
  case messageAnswers = "loyalty.message-answers"
  /// What members say of the messages they want.
  case preferenceRequests = "loyalty.preference-requests"
  /// The same as it stands, by member.
  case preferences = "loyalty.preferences"
  /// What became of messages after they were handed over.
  case feedback = "notifications.feedback"
  /// Contacts that nothing is sent to.
  case suppressions = "loyalty.suppressions"
  /// What is asked of rewards, and what became of it.
  case rewardRequests = "loyalty.reward-requests"
  case redemptions = "loyalty.redemptions"
  /// What the reward engine's owners of members, stock and codes tell each other.
  case rewardMessages = "loyalty.reward-messages"
  /// What tills ask of vouchers, and the answers.
  case voucherCommands = "loyalty.voucher-commands"
  case voucherAnswers = "loyalty.voucher-answers"
  /// Codes that others have made.
  case voucherCodes = "loyalty.voucher-codes"
  /// Vouchers as they stand.
  case vouchers = "loyalty.vouchers"
  /// What partners are to deliver, as it stands.
  case orders = "loyalty.orders"
  case privacyRequests = "privacy.requests"
  case privacyTasks = "privacy.tasks"
  case privacyReports = "privacy.reports"
  case privacyCertificates = "privacy.certificates"

  package var name: String { rawValue }

  package static func changelog(of service: Service, store: String) -> String {
    "\(service.rawValue).\(store).changelog"
  }

  package static func deadLetters(of service: Service) -> String { "\(service.rawValue).dead-letters" }
}
