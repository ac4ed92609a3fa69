/// The worker programs, by the name that is also their consumer group and the prefix of their own topics.
package enum Service: String, CaseIterable, Sendable {
  case transactionIngest = "transaction-ingest"
  case pointsEngine = "points-engine"
  case tierEvaluator = "tier-evaluator"
  case notifier = "notifier"
  case gdprWorker = "gdpr-worker"
  case rewardEngine = "reward-engine"

  package var name: String { rawValue }

  /// The CloudEvents attribute `source` of what it writes: its name.
  package var eventSource: StaticString {
    switch self {
    case .transactionIngest: "transaction-ingest"
    case .pointsEngine: "points-engine"
    case .tierEvaluator: "tier-evaluator"
    case .notifier: "notifier"
    case .gdprWorker: "gdpr-worker"
    case .rewardEngine: "reward-engine"
    }
  }

  /// The topics it reads as a consumer group; they are co-partitioned. Reference data that every worker reads whole
  /// (`loyalty.programs`) is not among them.
  package var inputTopics: [Topic] {
    switch self {
    case .transactionIngest: [.purchases, .privacyTasks, .members, .lookups, .claimRequests, .preferenceRequests]
    case .pointsEngine:
      [.transactions, .commands, .tiers, .privacyTasks, .transfers, .activities, .members, .budgets, .clearances]
    case .tierEvaluator: [.transactions, .commands, .privacyTasks, .clearances]
    case .notifier:
      [
        .ledger, .tiers, .members, .privacyTasks, .claims, .preferenceRequests, .messageRequests, .feedback, .accounts,
      ]
    case .gdprWorker: [.privacyRequests, .privacyReports]
    case .rewardEngine:
      [
        .rewardRequests, .voucherCommands, .rewardMessages, .ledger, .voucherCodes, .privacyTasks, .members, .tiers,
      ]
    }
  }

  /// Reference topics that it reads whole and that its cycles wait for.
  package var referenceTopics: [Topic] {
    switch self {
    case .transactionIngest, .pointsEngine, .tierEvaluator: [.programs]
    case .rewardEngine: [.programs, .rewards, .voucherPools, .partners]
    case .notifier: [.programs, .templates, .messageControls]
    case .gdprWorker: []
    }
  }

  /// Those that it reads only where it is told to take signed commands alone.
  package var signingTopics: [Topic] {
    switch self {
    case .pointsEngine, .tierEvaluator: [.commandKeys]
    case .transactionIngest, .notifier, .gdprWorker, .rewardEngine: []
    }
  }

  /// Reference topics that it reads whole and only follows.
  package var followedTopics: [Topic] {
    switch self {
    case .transactionIngest: [.forwardings]
    case .notifier: [.suppressions]
    case .pointsEngine, .tierEvaluator, .gdprWorker, .rewardEngine: []
    }
  }

  /// Those of its inputs whose strays it sends on to where their keys belong: each topic by member that is written from
  /// outside has one service for that among those that read it.
  package var forwardedTopics: [Topic] {
    switch self {
    case .transactionIngest: [.members, .claimRequests]
    case .pointsEngine: [.commands, .activities]
    case .notifier: [.preferenceRequests, .messageRequests]
    case .gdprWorker: [.privacyRequests]
    case .rewardEngine: [.rewardRequests, .voucherCommands, .voucherCodes]
    case .tierEvaluator: []
    }
  }

  /// All that it writes, beside its dead letters and changelogs.
  package var writtenTopics: [Topic] { outputTopics + forwardedTopics }

  /// The topics it writes of its own, beside its dead letters and changelogs.
  package var outputTopics: [Topic] {
    switch self {
    case .transactionIngest:
      [.transactions, .rejections, .privacyReports, .lookups, .forwardings, .claims, .preferenceRequests]
    case .pointsEngine: [.ledger, .accounts, .privacyReports, .transfers, .budgets, .tiers, .clearances, .proposals]
    case .tierEvaluator: [.tiers, .privacyReports, .clearances]
    case .notifier: [.notifications, .preferences, .privacyReports, .messageAnswers, .suppressions]
    case .gdprWorker: [.privacyTasks, .privacyCertificates, .members]
    case .rewardEngine:
      [.redemptions, .rewardMessages, .voucherAnswers, .vouchers, .orders, .commands, .privacyReports]
    }
  }

  /// How a privacy task reaches the service.
  package enum PrivacyTasks: Sendable {
    /// Its rows lie in the member's own partition: one task, one report.
    case byMember
    /// Its rows may lie in any partition: a task and a report per partition.
    case everyPartition
    /// It hands tasks out and keeps nothing of a member beyond an open request.
    case none
  }

  package var privacyTasks: PrivacyTasks {
    switch self {
    case .pointsEngine, .tierEvaluator, .notifier: .byMember
    case .transactionIngest, .rewardEngine: .everyPartition
    case .gdprWorker: .none
    }
  }
}
