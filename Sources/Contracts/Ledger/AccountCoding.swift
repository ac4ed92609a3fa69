import JSON
import Loyalty

/// The value of `loyalty.accounts`.
extension AccountStatement {
  package static let type: StaticString = "account.updated"

  /// The event's id: one account statement per ledger entry at most.
  package var eventId: String { "\(memberId):\(programId):\(sequence)" }

  package func encode(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.field("type", literal: Self.type)
    writer.field("id", eventId)
    writer.field("occurredAt", asOf)
    writer.field("memberId", memberId)
    writer.field("programId", programId)
    writer.field("sequence", sequence)
    writer.key("balances")
    balances.encode(to: &writer)
    writer.field("tier", tier)
    encode("nextRelease", nextRelease, to: &writer)
    encode("nextExpiry", nextExpiry, to: &writer)
    writer.key("totals")
    totals.encode(to: &writer)
    writer.endObject()
  }

  package init(decoding bytes: UnsafeRawBufferPointer) throws(ContractViolation) {
    self = try Contracts.decoding(bytes) { reader in try AccountStatement(reading: &reader) }
  }

  private init(reading reader: inout JSONReader) throws {
    var memberId: String?
    var programId: String?
    var sequence: Int64?
    var balances: Balances?
    var totals: LedgerTotals?
    var tier: String?
    var nextRelease: Due?
    var nextExpiry: Due?
    var asOf: Instant?
    try reader.beginObject()
    while let key = try reader.nextKey() {
      switch key {
      case "occurredAt": asOf = try reader.instant()
      case "memberId": memberId = try reader.id()
      case "programId": programId = try reader.id()
      case "sequence": sequence = try reader.count(atLeast: 0)
      case "balances": balances = try Balances(reading: &reader)
      case "totals": totals = try LedgerTotals(reading: &reader)
      case "tier": tier = try reader.string()
      case "nextRelease": nextRelease = try Due(reading: &reader)
      case "nextExpiry": nextExpiry = try Due(reading: &reader)
      default: try reader.skipValue()
      }
    }
    self.init(
      memberId: try memberId.required("memberId", in: reader),
      programId: try programId.required("programId", in: reader),
      sequence: try sequence.required("sequence", in: reader), balances: try balances.required("balances", in: reader),
      totals: try totals.required("totals", in: reader), nextRelease: nextRelease, nextExpiry: nextExpiry, tier: tier,
      asOf: try asOf.required("occurredAt", in: reader))
  }

  private func encode(_ name: StaticString, _ due: Due?, to writer: inout JSONWriter) {
    guard let due else { return }
    writer.key(name)
    writer.beginObject()
    writer.field("at", due.at)
    writer.field("points", due.points)
    writer.endObject()
  }
}

extension Due {
  fileprivate init(reading reader: inout JSONReader) throws {
    var at: Instant?
    var points: Int64?
    try reader.beginObject()
    let offset = reader.lastOffset
    while let key = try reader.nextKey() {
      switch key {
      case "at": at = try reader.instant()
      case "points": points = try reader.count(atLeast: 1)
      default: try reader.skipValue()
      }
    }
    self.init(
      at: try at.required("at", in: reader, at: offset),
      points: Points(try points.required("points", in: reader, at: offset)))
  }
}

extension LedgerTotals {
  func encode(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.field("issued", issued)
    writer.field("pending", pending)
    writer.field("available", available)
    writer.field("redeemed", redeemed)
    writer.field("expired", expired)
    writer.field("reversed", reversed)
    writer.field("adjusted", adjusted)
    writer.field("transferred", transferred)
    writer.endObject()
  }

  init(reading reader: inout JSONReader) throws {
    self.init()
    try reader.beginObject()
    while let key = try reader.nextKey() {
      switch key {
      case "issued": issued = Points(try reader.integer())
      case "pending": pending = Points(try reader.integer())
      case "available": available = Points(try reader.integer())
      case "redeemed": redeemed = Points(try reader.integer())
      case "expired": expired = Points(try reader.integer())
      case "reversed": reversed = Points(try reader.integer())
      case "adjusted": adjusted = Points(try reader.integer())
      case "transferred": transferred = Points(try reader.integer())
      default: try reader.skipValue()
      }
    }
  }
}
