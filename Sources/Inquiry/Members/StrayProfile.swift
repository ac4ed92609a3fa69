import JSON
import Kafka

/// A record of `loyalty.members` that lies wrong, and what mends it.
package struct StrayProfile: Equatable, Sendable {
  package var key: [UInt8]
  package var place: KafkaTopicPartition
  package var offset: Int64
  /// The partition that the key belongs to.
  package var ownPartition: Int32
  package var problem: Problem
  package var value: [UInt8]
  package var headers: [KafkaHeader]

  package enum Problem: String, Sendable {
    /// It lies in a partition where its key does not belong, and is the member's newest profile.
    case wrongPartition = "wrong-partition"
    /// The same, and a newer one lies elsewhere.
    case superseded
    /// The same, and the member was deleted or erased since.
    case deleted
    /// Its key is another than the id of the member whom it names.
    case wrongKey = "wrong-key"
    /// It lies in a partition where its key does not belong, and cannot be read.
    case unreadable
  }

  /// It is moved to where its key belongs; otherwise it is removed from where it lies.
  package var isMoved: Bool { problem == .wrongPartition }

  package var keyText: String { String(decoding: key, as: UTF8.self) }

  package var json: JSONValue {
    .object([
      .init("key", .string(keyText)),
      .init("partition", .number("\(place.partition)")),
      .init("offset", .number("\(offset)")),
      .init("ownPartition", .number("\(ownPartition)")),
      .init("problem", .string(problem.rawValue)),
      .init("mend", .string(isMoved ? "move" : "remove")),
    ])
  }
}
