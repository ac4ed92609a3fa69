import JSON
import Loyalty

/// The value of `loyalty.transfers`.
extension Transfer {
  private enum Name: String, CaseIterable {
    case sent = "transfer.sent"
    case declined = "transfer.declined"
  }

  /// The value of `type`.
  package var type: String { stage == .sent ? Name.sent.rawValue : Name.declined.rawValue }

  /// The event's id: the command's alone would not tell two senders apart, nor the way there from the way back.
  package var eventId: String { "\(programId):\(from):\(id):\(type)" }

  /// Each comes out of a lot of its own.
  package static let partsMax = Account.lotsMax

  package func encode(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.field("type", type)
    writer.field("id", id)
    writer.field("occurredAt", occurredAt)
    writer.field("memberId", addressee)
    writer.field("programId", programId)
    writer.field("programVersion", programVersion)
    writer.field("from", from)
    writer.field("to", to)
    if case .declined(let code) = stage { writer.field("reason", code.rawValue) }
    writer.key("parts")
    writer.beginArray()
    for part in parts { part.encode(to: &writer) }
    writer.endArray()
    writer.endObject()
  }

  package init(decoding bytes: UnsafeRawBufferPointer) throws(ContractViolation) {
    self = try Contracts.decoding(bytes) { reader in try Transfer(reading: &reader) }
  }

  private init(reading reader: inout JSONReader) throws {
    var type: Name?
    var id: String?
    var occurredAt: Instant?
    var programId: String?
    var programVersion: Int64?
    var from: String?
    var to: String?
    var reason: RefusalCode?
    var parts: [Part]?
    try reader.beginObject()
    while let key = try reader.nextField() {
      switch key {
      case "type": type = try reader.word(Name.self)
      case "id": id = try reader.id()
      case "occurredAt": occurredAt = try reader.instant()
      case "programId": programId = try reader.id()
      case "programVersion": programVersion = try reader.count(atLeast: 0)
      case "from": from = try reader.id()
      case "to": to = try reader.id()
      case "reason": reason = try reader.word(RefusalCode.self)
      case "parts":
        var read: [Part] = []
        try reader.beginArray()
        while try reader.nextElement() {
          guard read.count < Self.partsMax else {
            throw reader.violation(.invalidValue, "must hold \(Self.partsMax) parts at most")
          }
          read.append(try Part(reading: &reader))
        }
        parts = read
      default: try reader.skipValue()
      }
    }
    let isDeclined = try type.required("type", in: reader) == .declined
    self.init(
      id: try id.required("id", in: reader), programId: try programId.required("programId", in: reader),
      programVersion: Int(try programVersion.required("programVersion", in: reader)),
      from: try from.required("from", in: reader), to: try to.required("to", in: reader),
      occurredAt: try occurredAt.required("occurredAt", in: reader),
      stage: isDeclined ? .declined(try reason.required("reason", in: reader)) : .sent,
      parts: try parts.required("parts", in: reader))
  }
}

extension Transfer.Part {
  fileprivate func encode(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.field("points", points)
    writer.field("earnedAt", earnedAt)
    writer.field("expiresAt", expiresAt)
    writer.field("latestExpiry", latestExpiry)
    writer.field("programVersion", programVersion)
    writer.endObject()
  }

  fileprivate init(reading reader: inout JSONReader) throws {
    var points: Points?
    var earnedAt: Instant?
    var expiresAt: Instant?
    var latestExpiry: Instant?
    var programVersion: Int64?
    try reader.beginObject()
    let offset = reader.lastOffset
    while let key = try reader.nextField() {
      switch key {
      case "points":
        points = try reader.points()
        if let points, points < 1 { throw reader.violation(.invalidPoints, "must be at least 1") }
      case "earnedAt": earnedAt = try reader.instant()
      case "expiresAt": expiresAt = try reader.instant()
      case "latestExpiry": latestExpiry = try reader.instant()
      case "programVersion": programVersion = try reader.count(atLeast: 0)
      default: try reader.skipValue()
      }
    }
    self.init(
      points: try points.required("points", in: reader, at: offset),
      earnedAt: try earnedAt.required("earnedAt", in: reader, at: offset), expiresAt: expiresAt,
      latestExpiry: latestExpiry,
      programVersion: Int(try programVersion.required("programVersion", in: reader, at: offset)))
  }
}
