import Contracts
import Kafka

/// The last value of each key of a topic that is read whole, such as one of documents.
package enum PublishedValues {
  /// Key → value as published. What was removed is not there.
  package static func read(_ topic: Topic, _ cluster: Cluster) throws -> [String: [UInt8]] {
    let count = try cluster.partitionCount(of: topic)
    let reader = try TopicReader(cluster)
    defer { reader.close() }
    var values: [String: [UInt8]] = [:]
    try reader.read(try reader.ranges(of: topic.name, partitionCount: count)) { message in
      let key = String(decoding: message.key ?? .init(start: nil, count: 0), as: UTF8.self)
      values[key] = message.value.flatMap { $0.isEmpty ? nil : Array($0) }
    }
    return values
  }
}
