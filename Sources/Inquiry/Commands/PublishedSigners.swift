import Contracts
import Kafka

/// Whose signatures count: `loyalty.command-keys`, the last record of each key.
package enum PublishedSigners {
  /// By key id.
  package static func read(_ cluster: Cluster) throws -> [Signer] {
    let count = try cluster.partitionCount(of: .commandKeys)
    let reader = try TopicReader(cluster)
    defer { reader.close() }
    var found: [String: Signer] = [:]
    try reader.read(try reader.ranges(of: Topic.commandKeys.name, partitionCount: count)) { message in
      guard let key = message.key.map({ String(decoding: $0, as: UTF8.self) }) else { return }
      // What does not follow the contract counts for nobody.
      found[key] = message.value.flatMap { try? Signer(decoding: $0) }
    }
    return found.values.sorted { $0.keyId < $1.keyId }
  }
}
