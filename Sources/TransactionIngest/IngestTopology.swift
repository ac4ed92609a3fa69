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

  package static func make(_ settings: IngestSettings) -> Topology {
    Topology(
      of: .transactionIngest,
      // Nearly every purchase is new.
      stores: [.init(name: seenStore, cacheRowsMax: 0)], outputs: Output.allCases.map(\.topic),
      makeProcessor: { try IngestProcessor($0, settings) })
  }
}
