import Contracts
import ServiceDomain
import StreamRuntime

/// What the worker reads, keeps and writes.
package enum PrivacyTopology {
  /// In the order of the topology's output topics.
  enum Output: Int, CaseIterable {
    case tasks, certificates, members

    var topic: Topic {
      switch self {
      case .tasks: .privacyTasks
      case .certificates: .privacyCertificates
      case .members: .members
      }
    }
  }

  static let requestStore = "requests"

  package static func make(_ settings: PrivacySettings, requestRowsCached: Int) -> Topology {
    Topology(
      of: .gdprWorker, stores: [.init(name: requestStore, cacheRowsMax: requestRowsCached)],
      outputs: Output.allCases.map(\.topic), makeProcessor: { try PrivacyProcessor($0, settings) })
  }
}
