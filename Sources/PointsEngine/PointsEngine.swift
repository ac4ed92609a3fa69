import Contracts
import Loyalty
import StreamRuntime

/// `points-engine`: purchases, returns, commands and tier changes in; ledger entries and accounts out.
package enum PointsEngine {
  static let eventSource: StaticString = "points-engine"
  static let accounts = "accounts"
  static let purchases = "purchases"
  static let commands = "commands"

  /// Indices into the topology's inputs.
  enum Input: Int, CaseIterable {
    case transactions, commands, tiers, privacyTasks

    var topic: Topic {
      switch self {
      case .transactions: .transactions
      case .commands: .commands
      case .tiers: .tiers
      case .privacyTasks: .privacyTasks
      }
    }
  }

  /// Indices into the topology's outputs.
  enum Output {
    static let topics: [Topic] = [.ledger, .accounts, .privacyReports]
    static let ledger = 0
    static let accounts = 1
    static let privacyReports = 2
  }

  /// - Parameter storeRowsCached: rows of a store kept decoded in memory, a partition.
  package static func topology(storeRowsCached: Int) -> Topology {
    Topology(
      service: Service.pointsEngine.name, inputTopics: Input.allCases.map(\.topic.name),
      stores: [accounts, purchases, commands].map { Topology.StoreSpec(name: $0, cacheRowsMax: storeRowsCached) },
      globalTopics: [Topic.programs.name], outputTopics: Output.topics.map(\.name),
      makeProcessor: { try PointsProcessor($0) })
  }
}
