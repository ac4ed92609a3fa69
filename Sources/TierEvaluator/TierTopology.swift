import Contracts
import StreamRuntime

/// What the tier evaluator reads, keeps and writes.
package enum TierTopology {
  package static let service = Service.tierEvaluator

  /// Co-partitioned by member; a record's ``InputRecord/topic`` is an index into these.
  static let inputs = [Topic.transactions, .commands, .privacyTasks]
  /// An output's topic is an index into these.
  static let outputs = [Topic.tiers, .privacyReports]
}
