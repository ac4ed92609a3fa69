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
    if shortfall != .zero { writer.field("shortfall", shortfall) }
    writer.key("balances")
    balances.encode(to: &writer)
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
    var seen: UInt64 = 0
    var type: EntryType?
    var id: String?
    var memberId: String?
    var programId: String?
    var sequence: Int64?
    var points: Points?
    var debit: LedgerAccount?
    var credit: LedgerAccount?
    var lotId: String?
    var pendingUntil: Instant?
    var expiresAt: Instant?
    var earnedAt: Instant?
    var keptUntil: Instant?
    var counterparty: String?
    var cause: String?
    var source: String?
    var purchase: String?
    var rule: String?
    var basis: Basis?
    var tier: String?
    var capped: Cap?
    var actor: String?
    var reason: String?
    var shortfall = Points.zero
    var occurredAt: Instant?
    var bookedAt: Instant?
    var programVersion: Int64?
    var balances: Balances?
    var booking: (entry: Int64, of: Int64)?
    try reader.beginObject()
    while let key = try reader.nextKey() {
      switch key {
      case "type":
        try reader.once(0, &seen)
        type = try reader.word(EntryType.self)
      case "id":
        try reader.once(1, &seen)
        id = try reader.string()
      case "occurredAt":
        try reader.once(2, &seen)
        occurredAt = try reader.instant()
      case "bookedAt":
        try reader.once(3, &seen)
        bookedAt = try reader.instant()
      case "memberId":
        try reader.once(4, &seen)
        memberId = try reader.id()
      case "programId":
        try reader.once(5, &seen)
        programId = try reader.id()
      case "programVersion":
        try reader.once(6, &seen)
        programVersion = try reader.count(atLeast: 0)
      case "sequence":
        try reader.once(7, &seen)
        sequence = try reader.count(atLeast: 1)
      case "points":
        try reader.once(8, &seen)
        points = Points(try reader.count(atLeast: 0))
      case "debit":
        try reader.once(9, &seen)
        debit = try reader.word(LedgerAccount.self)
      case "credit":
        try reader.once(10, &seen)
        credit = try reader.word(LedgerAccount.self)
      case "lotId":
        try reader.once(11, &seen)
        lotId = try reader.string()
      case "cause":
        try reader.once(12, &seen)
        cause = try reader.string()
      case "source":
        try reader.once(13, &seen)
        source = try reader.string()
      case "rule":
        try reader.once(14, &seen)
        rule = try reader.string()
      case "actor":
        try reader.once(15, &seen)
        actor = try reader.string()
      case "reason":
        try reader.once(16, &seen)
        reason = try reader.string()
      case "shortfall":
        try reader.once(17, &seen)
        shortfall = Points(try reader.count(atLeast: 0))
      case "balances":
        try reader.once(18, &seen)
        balances = try Balances(reading: &reader)
      case "booking":
        try reader.once(19, &seen)
        booking = try Self.readBooking(&reader)
      case "pendingUntil":
        try reader.once(20, &seen)
        pendingUntil = try reader.instant()
      case "purchase":
        try reader.once(22, &seen)
        purchase = try reader.string()
      case "expiresAt":
        try reader.once(21, &seen)
        expiresAt = try reader.instant()
      case "earnedAt":
        try reader.once(30, &seen)
        earnedAt = try reader.instant()
      case "keptUntil":
        try reader.once(31, &seen)
        keptUntil = try reader.instant()
      case "counterparty":
        try reader.once(32, &seen)
        counterparty = try reader.id()
      case "basis":
        try reader.once(33, &seen)
        basis = try Basis(reading: &reader)
      case "tier":
        try reader.once(23, &seen)
        tier = try reader.string()
      case "capped":
        try reader.once(24, &seen)
        capped = try reader.word(Cap.self)
      default:
        try reader.skipValue()
      }
    }
    self.init(
      id: try id.required("id", in: reader), type: try type.required("type", in: reader),
      memberId: try memberId.required("memberId", in: reader),
      programId: try programId.required("programId", in: reader),
      sequence: try sequence.required("sequence", in: reader), points: try points.required("points", in: reader),
      debit: debit, credit: credit, lotId: lotId, pendingUntil: pendingUntil, expiresAt: expiresAt,
      earnedAt: earnedAt, keptUntil: keptUntil, counterparty: counterparty,
      cause: try cause.required("cause", in: reader), source: source,
      purchase: purchase, rule: rule, basis: basis, tier: tier, capped: capped, actor: actor, reason: reason,
      shortfall: shortfall,
      occurredAt: try occurredAt.required("occurredAt", in: reader),
      bookedAt: try bookedAt.required("bookedAt", in: reader),
      programVersion: Int(try programVersion.required("programVersion", in: reader)),
      balances: try balances.required("balances", in: reader),
      bookingEntry: Int(try booking.required("booking", in: reader).entry), bookingOf: Int(booking?.of ?? 1))
  }

  private static func readBooking(_ reader: inout JSONReader) throws -> (entry: Int64, of: Int64) {
    var entry: Int64?
    var of: Int64?
    try reader.beginObject()
    let offset = reader.lastOffset
    while let key = try reader.nextKey() {
      switch key {
      case "entry": entry = try reader.count(atLeast: 1)
      case "of": of = try reader.count(atLeast: 1)
      default: try reader.skipValue()
      }
    }
    return (try entry.required("entry", in: reader, at: offset), try of.required("of", in: reader, at: offset))
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
    while let key = try reader.nextKey() {
      switch key {
      case "spend": basis = .spend(try reader.decimal(orThrow: .invalidValue))
      case "quantity": basis = .quantity(try reader.decimal(orThrow: .invalidValue))
      case "points": basis = .points(Points(try reader.integer()))
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
    while let key = try reader.nextKey() {
      switch key {
      case "pending": pending = Points(try reader.integer())
      case "available": available = Points(try reader.integer())
      default: try reader.skipValue()
      }
    }
    self.init(
      pending: try pending.required("pending", in: reader, at: offset),
      available: try available.required("available", in: reader, at: offset))
  }
}
