import Contracts
import Loyalty
import StreamRuntime

/// `tier-evaluator`: purchases and returns in; each change of a member's tier out.
package enum TierEvaluator {
  static let eventSource: StaticString = "tier-evaluator"
  static let tiers = "tiers"
  static let purchases = "purchases"

  /// Indices into the topology's inputs.
  enum Input: Int, CaseIterable {
    case transactions, commands, privacyTasks

    var topic: Topic {
      switch self {
      case .transactions: .transactions
      case .commands: .commands
      case .privacyTasks: .privacyTasks
      }
    }
  }

  /// Indices into the topology's outputs.
  enum Output {
    static let topics: [Topic] = [.tiers, .privacyReports]
    static let tiers = 0
    static let privacyReports = 1
  }

  /// - Parameter storeRowsCached: rows of a store kept decoded in memory, a partition.
  package static func topology(storeRowsCached: Int) -> Topology {
    Topology(
      service: Service.tierEvaluator.name, inputTopics: Input.allCases.map(\.topic.name),
      stores: [tiers, purchases].map { Topology.StoreSpec(name: $0, cacheRowsMax: storeRowsCached) },
      globalTopics: [Topic.programs.name], outputTopics: Output.topics.map(\.name),
      makeProcessor: { try TierProcessor($0) })
  }
}
