import Contracts
import Foundation
import JSON
import Kafka
import Loyalty

/// What an operator gives up: everything of a partition from one offset up to another.
struct AcceptedLoss {
  /// The code of its record among the dead letters.
  static let code = "loss-accepted"

  var service: Service
  var place: KafkaTopicPartition
  /// The next offset to process, as the service's store keeps it.
  var from: Int64
  /// Where it goes on; before `from` where the topic was made again.
  var upTo: Int64
  var actor: String
  var reason: String

  var summary: String {
    let given =
      upTo > from ? "gives up offsets \(from) to \(upTo - 1)" : "leaves offset \(from)"
    return "\(service.name) \(given) of \(self.where) and goes on at \(upTo)"
  }

  var `where`: String { "\(place.topic)[\(place.partition)]" }

  /// As a dead letter's, but for the place of a record to hand in again, since there is none.
  var headers: [(name: String, value: String)] {
    [
      ("dl_service", service.name), ("dl_error", Self.code),
      ("dl_message", "\(summary): decided by \(actor), \(reason)"),
    ]
  }

  var document: [UInt8] {
    var writer = JSONWriter()
    writer.beginObject()
    writer.field("type", "loss.accepted")
    writer.field("service", service.name)
    writer.field("topic", place.topic)
    writer.field("partition", Int64(place.partition))
    writer.field("from", from)
    writer.field("upTo", upTo)
    writer.field("actor", actor)
    writer.field("reason", reason)
    writer.endObject()
    return Array(writer.bytes)
  }
}
