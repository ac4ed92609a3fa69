import JSON
import Loyalty

/// The value of `loyalty.proposals`.
extension Proposal {
  package static let type: StaticString = "points.adjustment-waiting"

  package func encode(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.field("type", literal: Self.type)
    writer.field("id", id)
    writer.field("occurredAt", occurredAt)
    writer.field("expiresAt", expiresAt)
    writer.field("memberId", memberId)
    writer.field("programId", programId)
    writer.field("programVersion", programVersion)
    writer.field("points", points)
    writer.field("source", source)
    writer.field("actor", actor)
    writer.field("reason", reason)
    writer.endObject()
  }

  package init(decoding bytes: UnsafeRawBufferPointer) throws(ContractViolation) {
    self = try Contracts.decoding(bytes) { reader in try Proposal(reading: &reader) }
  }

  private init(reading reader: inout JSONReader) throws {
    var head = EventHead(nil, [.memberId, .programId, .source])
    var expiresAt: Instant?
    var programVersion: Int64?
    var points: Points?
    var actor: String?
    var reason: String?
    try reader.beginObject()
    while let key = try reader.nextField() {
      if try head.read(key, &reader) { continue }
      switch key {
      case "expiresAt": expiresAt = try reader.instant()
      case "programVersion": programVersion = try reader.count(atLeast: 0)
      case "points": points = try reader.points()
      case "actor": actor = try reader.name()
      case "reason": reason = try reader.name()
      default: try reader.skipValue()
      }
    }
    try head.expect("\(Self.type)", in: reader)
    self.init(
      id: try head.id(in: reader), memberId: try head.memberId(in: reader),
      programId: try head.programId.required("programId", in: reader),
      programVersion: Int(try programVersion.required("programVersion", in: reader)),
      points: try points.required("points", in: reader), occurredAt: try head.occurredAt(in: reader),
      expiresAt: try expiresAt.required("expiresAt", in: reader), source: try head.knownSource(),
      actor: try actor.required("actor", in: reader), reason: try reason.required("reason", in: reader))
  }
}
