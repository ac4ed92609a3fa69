import JSON
import Loyalty

/// What a member asked for: the value of `privacy.requests`.
package struct PrivacyRequest: Equatable, Sendable {
  /// Chosen by who files the request. It outlives the member's data on the certificate, so it must not name the member.
  package var id: String
  package var kind: Kind
  package var memberId: String
  package var occurredAt: Instant
  /// Who filed it; not passed on.
  package var actor: String?

  package enum Kind: String, CaseIterable, Sendable {
    case erasure = "privacy.erasure.requested"
    case access = "privacy.access.requested"
    case correction = "privacy.correction.requested"
    case restriction = "privacy.restriction.requested"
    case consent = "privacy.consent.requested"
  }

  package init(id: String, kind: Kind, memberId: String, occurredAt: Instant, actor: String? = nil) {
    self.id = id
    self.kind = kind
    self.memberId = memberId
    self.occurredAt = occurredAt
    self.actor = actor
  }

  package func encode(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.field("type", kind.rawValue)
    writer.field("id", id)
    writer.field("occurredAt", occurredAt)
    writer.field("memberId", memberId)
    writer.field("actor", actor)
    writer.endObject()
  }

  package init(decoding envelope: EventEnvelope) throws(ContractViolation) {
    self = try Contracts.decoding(envelope) { reader in
      try PrivacyRequest(reading: &reader, attributes: envelope.attributes)
    }
  }

  package init(decoding bytes: UnsafeRawBufferPointer) throws(ContractViolation) {
    try self.init(decoding: EventEnvelope(data: bytes))
  }

  private init(reading reader: inout JSONReader, attributes: EventEnvelope.Attributes?) throws {
    var seen: UInt64 = 0
    var head = EventHead(attributes, .memberId)
    var actor: String?
    try reader.beginObject()
    while let key = try reader.nextField() {
      if try head.read(key, &reader) { continue }
      switch key {
      case "actor":
        try reader.once(0, &seen)
        actor = try reader.name()
      default:
        try reader.skipValue()
      }
    }
    self.init(
      id: try head.id(in: reader), kind: try head.kind(Kind.self, in: reader),
      memberId: try head.memberId(in: reader),
      occurredAt: try head.occurredAt(in: reader), actor: actor)
  }
}
