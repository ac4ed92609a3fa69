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
    self = try Contracts.decoding(envelope.data) { reader in
      try PrivacyRequest(reading: &reader, attributes: envelope.attributes)
    }
  }

  package init(decoding bytes: UnsafeRawBufferPointer) throws(ContractViolation) {
    try self.init(decoding: EventEnvelope(data: bytes))
  }

  private init(reading reader: inout JSONReader, attributes: EventEnvelope.Attributes?) throws {
    var seen: UInt64 = 0
    var type = attributes?.type
    var id = try attributes?.checkedId()
    var occurredAt = try attributes?.checkedTime()
    var memberId: String?
    var actor: String?
    try reader.beginObject()
    while let key = try reader.nextKey() {
      switch key {
      case "type":
        try reader.once(0, &seen)
        type = try reader.string()
      case "id":
        try reader.once(1, &seen)
        id = try reader.id()
      case "occurredAt":
        try reader.once(2, &seen)
        occurredAt = try reader.instant()
      case "memberId":
        try reader.once(3, &seen)
        memberId = try reader.id()
      case "actor":
        try reader.once(4, &seen)
        actor = try reader.name()
      default:
        try reader.skipValue()
      }
    }
    guard let kind = Kind(rawValue: try type.required("type", in: reader)) else {
      let known = Kind.allCases.map(\.rawValue).joined(separator: ", ")
      throw ContractViolation(.unsupportedType, at: "$.type", "$.type must be one of \(known).")
    }
    self.init(
      id: try id.required("id", in: reader), kind: kind, memberId: try memberId.required("memberId", in: reader),
      occurredAt: try occurredAt.required("occurredAt", in: reader), actor: actor)
  }
}
