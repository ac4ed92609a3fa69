import JSON
import Loyalty

/// That a member was merged into another one: the value of `loyalty.forwardings`. An empty value takes it back.
package struct MemberForwarding: Equatable, Sendable {
  package static let type: StaticString = "member.forwarded"

  package var id: String
  package var to: String
  package var occurredAt: Instant

  package init(id: String, to: String, occurredAt: Instant) {
    self.id = id
    self.to = to
    self.occurredAt = occurredAt
  }

  package func encode(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.field("type", literal: Self.type)
    writer.field("id", id)
    writer.field("occurredAt", occurredAt)
    writer.field("to", to)
    writer.endObject()
  }

  package init(decoding bytes: UnsafeRawBufferPointer) throws(ContractViolation) {
    self = try Contracts.decoding(bytes) { reader in
      var id: String?
      var to: String?
      var occurredAt: Instant?
      try reader.beginObject()
      while let key = try reader.nextField() {
        switch key {
        case "id": id = try reader.id()
        case "to": to = try reader.id()
        case "occurredAt": occurredAt = try reader.instant()
        default: try reader.skipValue()
        }
      }
      return MemberForwarding(
        id: try id.required("id", in: reader), to: try to.required("to", in: reader),
        occurredAt: try occurredAt.required("occurredAt", in: reader))
    }
  }
}
