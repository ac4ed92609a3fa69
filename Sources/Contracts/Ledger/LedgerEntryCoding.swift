import JSON
import Loyalty

/// The value of `loyalty.ledger`.
extension LedgerEntry {
  package func encode(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.field("type", type.rawValue)
    writer.field("id", id)
    writer.field("occurredAt", occurredAt)
    writer.field("bookedAt", bookedAt)
    writer.field("memberId", memberId)
    writer.field("programId", programId)
    writer.field("programVersion", programVersion)
    writer.field("sequence", sequence)
    writer.field("points", points)
    writer.field("debit", debit?.rawValue)
    writer.field("credit", credit?.rawValue)
    writer.field("lotId", lotId)
    writer.field("pendingUntil", pendingUntil)
    writer.field("expiresAt", expiresAt)
    writer.field("latestExpiry", latestExpiry)
    writer.field("earnedAt", earnedAt)
    writer.field("keptUntil", keptUntil)
    writer.field("counterparty", counterparty)
    writer.field("cause", cause)
    writer.field("source", source)
    writer.field("purchase", purchase)
    writer.field("rule", rule)
    if let basis { basis.encode(to: &writer) }
    writer.field("tier", tier)
    writer.field("capped", capped?.rawValue)
    writer.field("actor", actor)
    writer.field("reason", reason)
    writer.field("path", path)
    if let approval { approval.encode(to: &writer) }
    if shortfall != .zero { writer.field("shortfall", shortfall) }
    writer.key("balances")
    balances.encode(to: &writer)
    writer.field("accountStatus", accountStatus?.rawValue)
    writer.key("booking")
    writer.beginObject()
    writer.field("entry", bookingEntry)
    writer.field("of", bookingOf)
    writer.endObject()
    writer.endObject()
  }

  package init(decoding bytes: UnsafeRawBufferPointer) throws(ContractViolation) {
    self = try Contracts.decoding(bytes) { reader in try LedgerEntry(reading: &reader) }
  }

  private init(reading reader: inout JSONReader) throws {
    var raw = RawLedgerEntry()
    try reader.beginObject()
    while let key = try reader.nextField() {
      let isKnown = try raw.readOrigin(key, &reader) || raw.readMovement(key, &reader)
      if !isKnown { try reader.skipValue() }
    }
    self = try raw.entry(reader)
  }
}

/// What an entry's value has held so far.
private struct RawLedgerEntry {
  private var seen: UInt64 = 0
  private var type: EntryType?
  private var id: String?
  private var memberId: String?
  private var programId: String?
  private var sequence: Int64?
  private var points: Points?
  private var debit: LedgerAccount?
  private var credit: LedgerAccount?
  private var lotId: String?
  private var pendingUntil: Instant?
  private var expiresAt: Instant?
  private var latestExpiry: Instant?
  private var earnedAt: Instant?
  private var keptUntil: Instant?
  private var counterparty: String?
  private var cause: String?
  private var source: String?
  private var purchase: String?
  private var rule: String?
  private var basis: Basis?
  private var tier: String?
  private var capped: Cap?
  private var actor: String?
  private var reason: String?
  private var path: String?
  private var proposed: Points?
  private var approvedBy: String?
  private var declinedBy: String?
  private var decisionId: String?
  private var shortfall = Points.zero
  private var occurredAt: Instant?
  private var bookedAt: Instant?
  private var programVersion: Int64?
  private var balances: Balances?
  private var accountStatus: Standing.Name?
  private var booking: (entry: Int64, of: Int64)?

  /// Who moved the points, when and why. False for another key.
  mutating func readOrigin(_ key: JSONText, _ reader: inout JSONReader) throws -> Bool {
    switch key {
    case "type": type = try reader.once(0, &seen) { try $0.word(EntryType.self) }
    case "id": id = try reader.once(1, &seen) { try $0.madeText() }
    case "occurredAt": occurredAt = try reader.once(2, &seen) { try $0.instant() }
    case "bookedAt": bookedAt = try reader.once(3, &seen) { try $0.instant() }
    case "memberId": memberId = try reader.once(4, &seen) { try $0.id() }
    case "programId": programId = try reader.once(5, &seen) { try $0.id() }
    case "programVersion": programVersion = try reader.once(6, &seen) { try $0.count(atLeast: 0) }
    case "cause": cause = try reader.once(12, &seen) { try $0.madeText() }
    case "source": source = try reader.once(13, &seen) { try $0.madeText() }
    case "rule": rule = try reader.once(14, &seen) { try $0.madeText() }
    case "actor": actor = try reader.once(15, &seen) { try $0.madeText() }
    case "reason": reason = try reader.once(16, &seen) { try $0.madeText() }
    case "path": path = try reader.once(34, &seen) { try $0.madeText() }
    case "booking": booking = try reader.once(19, &seen) { try Self.readBooking(&$0) }
    case "purchase": purchase = try reader.once(22, &seen) { try $0.madeText() }
    case "approvedBy": approvedBy = try reader.once(37, &seen) { try $0.madeText() }
    case "declinedBy": declinedBy = try reader.once(39, &seen) { try $0.madeText() }
    case "decision": decisionId = try reader.once(38, &seen) { try $0.madeText() }
    case "counterparty": counterparty = try reader.once(32, &seen) { try $0.id() }
    default: return false
    }
    return true
  }

  /// What was moved, and where that left the account. False for another key.
  mutating func readMovement(_ key: JSONText, _ reader: inout JSONReader) throws -> Bool {
    switch key {
    case "sequence": sequence = try reader.once(7, &seen) { try $0.count(atLeast: 1) }
    case "points": points = try reader.once(8, &seen) { try $0.totalPoints(atLeast: 0) }
    case "debit": debit = try reader.once(9, &seen) { try $0.word(LedgerAccount.self) }
    case "credit": credit = try reader.once(10, &seen) { try $0.word(LedgerAccount.self) }
    case "lotId": lotId = try reader.once(11, &seen) { try $0.madeText() }
    case "shortfall": shortfall = try reader.once(17, &seen) { try $0.totalPoints(atLeast: 0) }
    case "balances": balances = try reader.once(18, &seen) { try Balances(reading: &$0) }
    case "accountStatus": accountStatus = try reader.once(39, &seen) { try $0.word(Standing.Name.self) }
    case "pendingUntil": pendingUntil = try reader.once(20, &seen) { try $0.instant() }
    case "expiresAt": expiresAt = try reader.once(21, &seen) { try $0.instant() }
    case "latestExpiry": latestExpiry = try reader.once(35, &seen) { try $0.instant() }
    case "earnedAt": earnedAt = try reader.once(30, &seen) { try $0.instant() }
    case "keptUntil": keptUntil = try reader.once(31, &seen) { try $0.instant() }
    case "basis": basis = try reader.once(33, &seen) { try Basis(reading: &$0) }
    case "tier": tier = try reader.once(23, &seen) { try $0.madeText() }
    case "proposed": proposed = try reader.once(36, &seen) { try $0.points() }
    case "capped": capped = try reader.once(24, &seen) { try $0.word(Cap.self) }
    default: return false
    }
    return true
  }

  func entry(_ reader: borrowing JSONReader) throws -> LedgerEntry {
    LedgerEntry(
      id: try id.required("id", in: reader), type: try type.required("type", in: reader),
      memberId: try memberId.required("memberId", in: reader),
      programId: try programId.required("programId", in: reader),
      sequence: try sequence.required("sequence", in: reader), points: try points.required("points", in: reader),
      debit: debit, credit: credit, lotId: lotId, pendingUntil: pendingUntil, expiresAt: expiresAt,
      latestExpiry: latestExpiry, earnedAt: earnedAt, keptUntil: keptUntil, counterparty: counterparty,
      cause: try cause.required("cause", in: reader), source: source,
      purchase: purchase, rule: rule, basis: basis, tier: tier, capped: capped, actor: actor, reason: reason,
      path: path, approval: approval, shortfall: shortfall,
      occurredAt: try occurredAt.required("occurredAt", in: reader),
      bookedAt: try bookedAt.required("bookedAt", in: reader),
      programVersion: Int(try programVersion.required("programVersion", in: reader)),
      balances: try balances.required("balances", in: reader), accountStatus: accountStatus,
      bookingEntry: Int(try booking.required("booking", in: reader).entry), bookingOf: Int(booking?.of ?? 1))
  }

  private var approval: Approval? {
    guard proposed != nil || approvedBy != nil || declinedBy != nil || decisionId != nil else { return nil }
    return Approval(proposed: proposed, approvedBy: approvedBy, declinedBy: declinedBy, commandId: decisionId)
  }

  private static func readBooking(_ reader: inout JSONReader) throws -> (entry: Int64, of: Int64) {
    var entry: Int64?
    var of: Int64?
    try reader.beginObject()
    let offset = reader.lastOffset
    while let key = try reader.nextField() {
      switch key {
      case "entry": entry = try reader.count(atLeast: 1)
      case "of": of = try reader.count(atLeast: 1)
      default: try reader.skipValue()
      }
    }
    return (try entry.required("entry", in: reader, at: offset), try of.required("of", in: reader, at: offset))
  }
}

extension Approval {
  func encode(to writer: inout JSONWriter) {
    if let proposed { writer.field("proposed", proposed) }
    writer.field("approvedBy", approvedBy)
    writer.field("declinedBy", declinedBy)
    writer.field("decision", commandId)
  }
}

extension Basis {
  /// `"basis":{"spend":"12.50"}`: one field, named by its sort.
  func encode(to writer: inout JSONWriter) {
    writer.key("basis")
    writer.beginObject()
    switch self {
    case .spend(let amount): writer.field("spend", amount)
    case .quantity(let quantity): writer.field("quantity", quantity)
    case .points(let points): writer.field("points", points)
    case .count(let count): writer.field("count", Int(count))
    case .value(let value): writer.field("value", value)
    }
    writer.endObject()
  }

  /// nil where it is of a sort that a later release knows.
  init?(reading reader: inout JSONReader) throws {
    var basis: Basis?
    try reader.beginObject()
    while let key = try reader.nextField() {
      switch key {
      case "spend": basis = .spend(try reader.decimal(orThrow: .invalidValue))
      case "quantity": basis = .quantity(try reader.decimal(orThrow: .invalidValue))
      case "points": basis = .points(try reader.totalPoints())
      case "count": basis = .count(try reader.count(atLeast: 0))
      case "value": basis = .value(try reader.decimal(orThrow: .invalidValue))
      default: try reader.skipValue()
      }
    }
    guard let basis else { return nil }
    self = basis
  }
}

extension Balances {
  func encode(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.field("pending", pending)
    writer.field("available", available)
    writer.endObject()
  }

  init(reading reader: inout JSONReader) throws {
    var pending: Points?
    var available: Points?
    try reader.beginObject()
    let offset = reader.lastOffset
    while let key = try reader.nextField() {
      switch key {
      case "pending": pending = try reader.totalPoints()
      case "available": available = try reader.totalPoints()
      default: try reader.skipValue()
      }
    }
    self.init(
      pending: try pending.required("pending", in: reader, at: offset),
      available: try available.required("available", in: reader, at: offset))
  }
}
