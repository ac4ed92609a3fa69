import JSON
import Loyalty

/// The value of `loyalty.accounts`.
extension AccountStatement {
  package static let type: StaticString = "account.updated"

  /// The event's id: one account statement per ledger entry at most.
  package var eventId: String { "\(memberId):\(programId):\(sequence)" }

  /// What falls due next in one direction.
  package struct Due: Equatable, Sendable {
    package var at: Instant
    package var points: Points

    package init(at: Instant, points: Points) {
      self.at = at
      self.points = points
    }
  }

  /// The earliest instant at which pending points become available, and how many.
  package var nextRelease: Due? {
    earliest {
      $0.pending > .zero ? $0.pendingUntil : nil
    } points: {
      $0.pending
    }
  }

  /// The earliest instant at which points expire, and how many.
  package var nextExpiry: Due? {
    earliest {
      $0.expiresAt
    } points: {
      $0.pending + $0.available
    }
  }

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
    writer.key("lots")
    writer.beginArray()
    for lot in lots { lot.encode(to: &writer) }
    writer.endArray()
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
    var lots: [Lot]?
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
      case "lots":
        var read: [Lot] = []
        try reader.beginArray()
        while try reader.nextElement() { read.append(try Lot(reading: &reader)) }
        lots = read
      default: try reader.skipValue()
      }
    }
    self.init(
      memberId: try memberId.required("memberId", in: reader),
      programId: try programId.required("programId", in: reader),
      sequence: try sequence.required("sequence", in: reader), balances: try balances.required("balances", in: reader),
      totals: try totals.required("totals", in: reader), lots: try lots.required("lots", in: reader), tier: tier,
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

  private func earliest(_ instant: (Lot) -> Instant?, points: (Lot) -> Points) -> Due? {
    var due: Due?
    for lot in lots {
      guard let at = instant(lot) else { continue }
      if let known = due, known.at <= at {
        if known.at == at { due?.points += points(lot) }
      } else {
        due = Due(at: at, points: points(lot))
      }
    }
    return due
  }
}

extension Lot {
  func encode(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.field("id", id)
    writer.field("pending", pending)
    writer.field("available", available)
    writer.field("earnedAt", earnedAt)
    writer.field("pendingUntil", pendingUntil)
    writer.field("expiresAt", expiresAt)
    writer.endObject()
  }

  init(reading reader: inout JSONReader) throws {
    var id: String?
    var pending = Points.zero
    var available = Points.zero
    var earnedAt: Instant?
    var pendingUntil: Instant?
    var expiresAt: Instant?
    try reader.beginObject()
    let offset = reader.lastOffset
    while let key = try reader.nextKey() {
      switch key {
      case "id": id = try reader.string()
      case "pending": pending = Points(try reader.integer())
      case "available": available = Points(try reader.integer())
      case "earnedAt": earnedAt = try reader.instant()
      case "pendingUntil": pendingUntil = try reader.instant()
      case "expiresAt": expiresAt = try reader.instant()
      default: try reader.skipValue()
      }
    }
    self.init(
      id: try id.required("id", in: reader, at: offset), pending: pending, available: available,
      earnedAt: try earnedAt.required("earnedAt", in: reader, at: offset), pendingUntil: pendingUntil,
      expiresAt: expiresAt)
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
