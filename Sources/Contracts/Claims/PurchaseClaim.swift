import JSON
import Loyalty

/// `purchase.claim` on `commerce.claims`: a member, or an agent on their behalf, says that a purchase was theirs.
package struct PurchaseClaim: Equatable, Sendable {
  package static let type = "purchase.claim"

  package var id: String
  package var memberId: String
  /// The purchase's id as the receipt shows it.
  package var receipt: String
  /// Of the receipt, exact.
  package var total: ExactDecimal
  /// The day of the receipt, where the shop is.
  package var date: LocalDate
  /// The till or shop, where several use the same receipt ids.
  package var source: String?
  /// Who claims, where it is not the member.
  package var actor: String?
  /// In whose name the member is told of the answer, where several programmes are in force.
  package var programId: String?
  package var occurredAt: Instant

  package init(
    id: String, memberId: String, receipt: String, total: ExactDecimal, date: LocalDate, source: String? = nil,
    actor: String? = nil, programId: String? = nil, occurredAt: Instant
  ) {
    self.id = id
    self.memberId = memberId
    self.receipt = receipt
    self.total = total
    self.date = date
    self.source = source
    self.actor = actor
    self.programId = programId
    self.occurredAt = occurredAt
  }

  package func encode(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.key("type")
    writer.string(Self.type)
    writer.field("id", id)
    writer.field("occurredAt", occurredAt)
    writer.field("memberId", memberId)
    writer.field("receipt", receipt)
    writer.field("total", total.text)
    writer.field("date", date.text)
    writer.field("source", source)
    writer.field("actor", actor)
    writer.field("programId", programId)
    writer.endObject()
  }

  package init(decoding envelope: EventEnvelope) throws(ContractViolation) {
    self = try Contracts.decoding(envelope) { reader in
      try PurchaseClaim(reading: &reader, attributes: envelope.attributes)
    }
  }

  private init(reading reader: inout JSONReader, attributes: EventEnvelope.Attributes?) throws {
    var seen: UInt64 = 0
    // `source` is the till's that sold, which the source of the claim cannot stand in for.
    var head = EventHead(attributes, [.memberId, .programId])
    var receipt: String?
    var total: ExactDecimal?
    var date: LocalDate?
    var source: String?
    var actor: String?
    try reader.beginObject()
    while let key = try reader.nextField() {
      if try head.read(key, &reader) { continue }
      switch key {
      case "receipt":
        try reader.once(0, &seen)
        receipt = try reader.id()
      case "total":
        try reader.once(1, &seen)
        total = try reader.decimal(orThrow: .invalidAmount)
      case "date":
        try reader.once(2, &seen)
        date = LocalDate(text: try reader.string())
        if date == nil { throw reader.violation(.invalidValue, "must be a date such as 2026-11-22") }
      case "source":
        try reader.once(3, &seen)
        source = try reader.id()
      case "actor":
        try reader.once(4, &seen)
        actor = try reader.name()
      default:
        try reader.skipValue()
      }
    }
    try head.expect(Self.type, in: reader)
    self.init(
      id: try head.id(in: reader), memberId: try head.memberId(in: reader),
      receipt: try receipt.required("receipt", in: reader), total: try total.required("total", in: reader),
      date: try date.required("date", in: reader), source: source, actor: actor,
      programId: head.programId, occurredAt: try head.occurredAt(in: reader))
  }
}
