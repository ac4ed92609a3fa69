import Contracts
import JSON
import Loyalty

/// As a shop writes one; the platform only reads them.
extension Activity {
  /// Attributes that are no numbers are not kept, so they are not written either.
  package func encode(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.field("type", literal: Self.type)
    writer.field("id", id)
    writer.field("occurredAt", occurredAt)
    writer.field("source", source)
    writer.field("memberId", memberId)
    writer.field("programId", programId)
    writer.field("activity", name)
    if !numbers.isEmpty {
      writer.key("attributes")
      writer.beginObject()
      for (name, value) in numbers.sorted(by: { $0.key < $1.key }) {
        writer.key(name)
        writer.number(value)
      }
      writer.endObject()
    }
    writer.endObject()
  }
}
