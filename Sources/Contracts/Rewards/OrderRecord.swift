import JSON
import Loyalty

/// What a redemption has a partner deliver, as it stands: the value of `loyalty.orders`, one record an order under its
/// id. It holds no code.
package struct OrderRecord: Equatable, Sendable {
  /// Made of member and redemption: nobody else's.
  package var id: String
  /// nil, as ``redemptionId``: the member was erased.
  package var memberId: String?
  package var redemptionId: String?
  /// Its document's id.
  package var partner: String
  package var product: String
  package var quantity: Int64
  /// Under which the partner knows it, for good.
  package var reference: String
  /// The local day that it is of.
  package var day: LocalDate
  package var askedAt: Instant
  package var state: State
  /// The last that the partner said, or why it delivers nothing.
  package var code: String?
  package var inDoubtSince: Instant?
  /// Of what was issued, where the partner tells them.
  package var serials: [String] = []
  package var occurredAt: Instant

  package enum State: String, CaseIterable, Sendable {
    /// It is known that nothing was issued yet, or the call is out.
    case open = "order.open"
    case inDoubt = "order.in-doubt"
    case issued = "order.issued"
    case refused = "order.refused"
  }

  package init(
    id: String, memberId: String?, redemptionId: String?, partner: String, product: String, quantity: Int64,
    reference: String, day: LocalDate, askedAt: Instant, state: State, occurredAt: Instant
  ) {
    self.id = id
    self.memberId = memberId
    self.redemptionId = redemptionId
    self.partner = partner
    self.product = product
    self.quantity = quantity
    self.reference = reference
    self.day = day
    self.askedAt = askedAt
    self.state = state
    self.occurredAt = occurredAt
  }

  package func encode(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.field("type", state.rawValue)
    writer.field("id", id)
    writer.field("occurredAt", occurredAt)
    writer.field("memberId", memberId)
    writer.field("redemptionId", redemptionId)
    writer.field("partner", partner)
    writer.field("product", product)
    writer.field("quantity", quantity)
    writer.field("reference", reference)
    writer.field("day", day.text)
    writer.field("askedAt", askedAt)
    writer.field("code", code)
    writer.field("inDoubtSince", inDoubtSince)
    if !serials.isEmpty {
      writer.key("serials")
      writer.beginArray()
      for serial in serials { writer.string(serial) }
      writer.endArray()
    }
    writer.endObject()
  }

  package init(decoding bytes: UnsafeRawBufferPointer) throws(ContractViolation) {
    self = try Contracts.decoding(bytes) { reader in try OrderRecord(reading: &reader) }
  }

  private init(reading reader: inout JSONReader) throws {
    var head = EventHead(nil, [])
    var texts: [String: String] = [:]
    var instants: [String: Instant] = [:]
    var serials: [String] = []
    var quantity: Int64?
    try reader.beginObject()
    while let key = try reader.nextField() {
      if try head.read(key, &reader) { continue }
      switch key {
      case "memberId", "redemptionId", "partner", "product": texts[key.string] = try reader.id()
      case "reference", "code", "day": texts[key.string] = try reader.madeText()
      case "askedAt", "inDoubtSince": instants[key.string] = try reader.instant()
      case "quantity": quantity = try reader.count(atLeast: 1)
      case "serials":
        try reader.beginArray()
        while try reader.nextElement() { serials.append(try reader.madeText()) }
      default: try reader.skipValue()
      }
    }
    func text(_ name: String, _ reader: borrowing JSONReader) throws -> String {
      try texts[name].required(name, in: reader)
    }
    self.init(
      id: try head.id(in: reader), memberId: texts["memberId"], redemptionId: texts["redemptionId"],
      partner: try text("partner", reader), product: try text("product", reader),
      quantity: try quantity.required("quantity", in: reader), reference: try text("reference", reader),
      day: try LocalDate(text: text("day", reader)).required("day", in: reader),
      askedAt: try instants["askedAt"].required("askedAt", in: reader), state: try head.kind(State.self, in: reader),
      occurredAt: try head.occurredAt(in: reader))
    code = texts["code"]
    inDoubtSince = instants["inDoubtSince"]
    self.serials = serials
  }
}
