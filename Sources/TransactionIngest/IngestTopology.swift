import Contracts
import ServiceDomain
import StreamRuntime

/// What ingest reads, keeps and writes.
package enum IngestTopology {
  /// In the order of the topology's output topics.
  enum Output: Int, CaseIterable {
    case transactions, rejections, privacyReports

    var topic: Topic {
      switch self {
      case .transactions: .transactions
      case .rejections: .rejections
      case .privacyReports: .privacyReports
      }
    }
  }

  static let seenStore = "purchases"
  /// Few: nearly every purchase is new, and a retry comes soon or late.
  private static let seenRowsCached = 1_000

  package static func make(_ settings: IngestSettings) -> Topology {
    Topology(
      of: .transactionIngest,
      stores: [.init(name: seenStore, cacheRowsMax: seenRowsCached)], outputs: Output.allCases.map(\.topic),
      makeProcessor: { try IngestProcessor($0, settings) })
  }
}
