import JSON
import Loyalty

/// The value of `loyalty.accounts`.
extension AccountStatement {
  package static let type: StaticString = "account.updated"

  /// The event's id: one account statement per ledger entry at most, and per instant as of which the tier is told. Time
  /// alone moves the latter.
  package var eventId: String {
    let told = String(joining: memberId, programId, String(sequence), by: ":")
    return tier.map { told + ":" + String($0.asOf.milliseconds) } ?? told
  }

  package func encode(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.field("type", literal: Self.type)
    writer.field("id", eventId)
    writer.field("occurredAt", asOf)
    writer.field("memberId", memberId)
    writer.field("programId", programId)
    writer.field("sequence", sequence)
    writer.field("status", status.rawValue)
    writer.field("endsAt", endsAt)
    writer.key("balances")
    balances.encode(to: &writer)
    if owed != .zero { writer.field("owed", owed) }
    encode("releases", releases, to: &writer)
    encode("expiries", expiries, to: &writer)
    writer.key("lifetime")
    writer.beginObject()
    writer.field("earned", lifetimeEarned)
    writer.field("redeemed", totals.redeemed)
    writer.field("expired", totals.expired)
    writer.endObject()
    tier?.encode("tier", to: &writer)
    if shortfall != .zero { writer.field("shortfall", shortfall) }
    earning?.encode("earning", to: &writer)
    writer.key("totals")
    totals.encode(to: &writer)
    writer.endObject()
  }

  package init(decoding bytes: UnsafeRawBufferPointer) throws(ContractViolation) {
    self = try Contracts.decoding(bytes) { reader in try AccountStatement(reading: &reader) }
  }

  /// What follows from other fields (`owed`, `lifetime`) is for those who draw a wallet; it is not read back.
  private init(reading reader: inout JSONReader) throws {
    var memberId: String?
    var programId: String?
    var sequence: Int64?
    var status: Standing.Name?
    var endsAt: Instant?
    var balances: Balances?
    var releases: [Due] = []
    var expiries: [Due] = []
    var tier: TierStanding?
    var shortfall = Points.zero
    var earning: EarningPast?
    var totals: LedgerTotals?
    var asOf: Instant?
    try reader.beginObject()
    while let key = try reader.nextField() {
      switch key {
      case "occurredAt": asOf = try reader.instant()
      case "memberId": memberId = try reader.id()
      case "programId": programId = try reader.id()
      case "sequence": sequence = try reader.count(atLeast: 0)
      case "status": status = try reader.word(Standing.Name.self)
      case "endsAt": endsAt = try reader.instant()
      case "balances": balances = try Balances(reading: &reader)
      case "releases": releases = try Due.list(reading: &reader)
      case "expiries": expiries = try Due.list(reading: &reader)
      case "tier": tier = try TierStanding(reading: &reader)
      case "shortfall": shortfall = try reader.totalPoints(atLeast: 0)
      case "earning": earning = try EarningPast(reading: &reader)
      case "totals": totals = try LedgerTotals(reading: &reader)
      default: try reader.skipValue()
      }
    }
    self.init(
      memberId: try memberId.required("memberId", in: reader),
      programId: try programId.required("programId", in: reader),
      sequence: try sequence.required("sequence", in: reader), status: try status.required("status", in: reader),
      endsAt: endsAt, balances: try balances.required("balances", in: reader), releases: releases, expiries: expiries,
      tier: tier, shortfall: shortfall, earning: earning, totals: try totals.required("totals", in: reader),
      asOf: try asOf.required("occurredAt", in: reader))
  }

  private func encode(_ name: StaticString, _ dues: [Due], to writer: inout JSONWriter) {
    writer.key(name)
    writer.beginArray()
    for due in dues {
      writer.beginObject()
      writer.field("at", due.at)
      writer.field("points", due.points)
      writer.endObject()
    }
    writer.endArray()
  }
}

extension Due {
  fileprivate static func list(reading reader: inout JSONReader) throws -> [Due] {
    var dues: [Due] = []
    try reader.beginArray()
    while try reader.nextElement() { dues.append(try Due(reading: &reader)) }
    return dues
  }

  fileprivate init(reading reader: inout JSONReader) throws {
    var at: Instant?
    var points: Points?
    try reader.beginObject()
    let offset = reader.lastOffset
    while let key = try reader.nextField() {
      switch key {
      case "at": at = try reader.instant()
      case "points": points = try reader.totalPoints(atLeast: 1)
      default: try reader.skipValue()
      }
    }
    self.init(
      at: try at.required("at", in: reader, at: offset),
      points: try points.required("points", in: reader, at: offset))
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
    while let key = try reader.nextField() {
      switch key {
      case "issued": issued = try reader.totalPoints()
      case "pending": pending = try reader.totalPoints()
      case "available": available = try reader.totalPoints()
      case "redeemed": redeemed = try reader.totalPoints()
      case "expired": expired = try reader.totalPoints()
      case "reversed": reversed = try reader.totalPoints()
      case "adjusted": adjusted = try reader.totalPoints()
      case "transferred": transferred = try reader.totalPoints()
      default: try reader.skipValue()
      }
    }
  }
}
