import Contracts
import StreamRuntime

/// What the worker reads, keeps and writes.
package enum PrivacyTopology {
  /// In the order of the topology's input topics.
  enum Input: Int, CaseIterable {
    case requests, reports

    var topic: Topic {
      switch self {
      case .requests: .privacyRequests
      case .reports: .privacyReports
      }
    }
  }

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
      service: Service.gdprWorker.name, inputTopics: Input.allCases.map(\.topic.name),
      stores: [.init(name: requestStore, cacheRowsMax: requestRowsCached)],
      outputTopics: Output.allCases.map(\.topic.name), makeProcessor: { try PrivacyProcessor($0, settings) })
  }
}

extension Outbox: EventSink {}
