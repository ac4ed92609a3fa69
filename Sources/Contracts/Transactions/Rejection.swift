import JSON
import Loyalty

/// What ingest refused, and why: the value of `commerce.rejections`.
package struct Rejection {
  package static let type: StaticString = "purchase.rejected"
  /// The largest original that is kept, and the most that an event may take. Whatever is not kept stands on the input
  /// topic at `place`.
  package static let originalBytesMax = 256 * 1024

  package var violation: ContractViolation
  package var place: Place
  /// The refused event's own id and source, as far as they could be read.
  package var originalId: String?
  package var originalSource: String?
  /// When the broker or producer stamped the record.
  package var occurredAt: Instant
  /// The record's value, borrowed: valid while the record is. All of it that is not known to be harmless is masked
  /// where it is encoded, and what is not JSON is left out.
  package var original: UnsafeRawBufferPointer?

  /// Where the refused record lies.
  package struct Place: Equatable, Sendable {
    package var topic: String
    package var partition: Int32
    package var offset: Int64

    package init(topic: String, partition: Int32, offset: Int64) {
      self.topic = topic
      self.partition = partition
      self.offset = offset
    }
  }

  package init(violation: ContractViolation, place: Place, original: UnsafeRawBufferPointer?, occurredAt: Instant) {
    self.violation = violation
    self.place = place
    self.occurredAt = occurredAt
    self.original = original
    guard let original else { return }
    (originalId, originalSource) = Self.identity(of: original)
  }

  /// The event's id, where it names nobody: a record's key is told wherever the record is.
  package var recordKey: String? { originalId.flatMap { PersonalText.names(aPersonIn: $0) ? nil : $0 } }

  package var id: String { "\(place.topic):\(place.partition):\(place.offset)" }

  package func encode(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.field("type", literal: Self.type)
    writer.field("id", id)
    writer.field("occurredAt", occurredAt)
    writer.field("code", violation.code.rawValue)
    writer.field("path", violation.path)
    writer.field("message", violation.message)
    writer.field("remedy", violation.code.remedy)
    writer.field("originalId", originalId.map(PersonalText.shown))
    writer.field("originalSource", originalSource.map(PersonalText.shown))
    writer.field("topic", place.topic)
    writer.field("partition", Int(place.partition))
    writer.field("offset", place.offset)
    if let original {
      writer.field("originalBytes", original.count)
      if original.count > Self.originalBytesMax {
        writer.field("truncated", true)
      } else if let masked = Self.masked(Array(original)) {
        writer.field("original", String(decoding: masked, as: UTF8.self))
      }
    }
    writer.endObject()
  }

  /// The event as a rejection may show it: personal data masked; nil where it is too large, or is not JSON.
  package static func masked(_ original: [UInt8]) -> [UInt8]? {
    original.count > originalBytesMax ? nil : PersonalDataMask.masked(original)
  }

  /// Id and source of an event that is wrong in some way, where these two can be read all the same.
  private static func identity(of original: UnsafeRawBufferPointer) -> (id: String?, source: String?) {
    var reader = JSONReader(original)
    var id: String?
    var source: String?
    do {
      try reader.beginObject()
      while let key = try reader.nextField() {
        switch key {
        case "id" where try reader.peek() == .string: id = try reader.id()
        case "source" where try reader.peek() == .string: source = try reader.id()
        default: try reader.skipValue()
        }
      }
    } catch {
      // What cannot be read further has told all it can: the violation itself says what is wrong.
      return (id, source)
    }
    return (id, source)
  }
}
