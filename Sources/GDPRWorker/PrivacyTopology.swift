import Contracts
import ServiceDomain
import StreamRuntime

/// What the worker reads, keeps and writes.
package enum PrivacyTopology {
  /// Request id → ``RequestRow``.
  static let requests = StoreDefinition<String, RequestRow>("requests")

  /// - Parameter requestRowsCached: requests kept decoded in memory, a partition.
  package static func make(_ settings: PrivacySettings, requestRowsCached: Int) -> Topology {
    Topology(
      of: .gdprWorker, stores: [requests.caching(requestRowsCached)],
      processor: { try PrivacyProcessor($0, $1, settings) })
  }
}
