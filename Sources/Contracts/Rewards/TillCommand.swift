import JSON
import Loyalty
import Rewards

/// What a till asks of vouchers: the value of `loyalty.voucher-commands`, under the digest of its first code. The codes
/// themselves stay at the till: they are named by their digests.
package struct TillCommand: Equatable, Sendable {
  /// The answer has it too.
  package var id: String
  /// Who asks: wrong codes are counted by it.
  package var source: String
  /// At least one, in the order in which they were entered.
  package var codes: [CodeDigest]
  package var member: String?
  package var store: String?
  package var kind: Kind
  package var occurredAt: Instant

  package enum Kind: Equatable, Sendable {
    case check(Basket?)
    case hold(Hold)
    case commit(Commit)
    case release(hold: String, bill: String)
    /// Undoes a use, which has the id of its hold.
    case rollBack(redemption: String, reason: String)
    /// Ends a voucher for good.
    case cancel(actor: String, reason: String)
  }

  package struct Hold: Equatable, Sendable {
    /// Of the use that comes of it.
    package var hold: String
    package var bill: String
    package var basket: Basket
    /// nil: the longest there is.
    package var ttlMs: Int64?

    package init(hold: String, bill: String, basket: Basket, ttlMs: Int64? = nil) {
      self.hold = hold
      self.bill = bill
      self.basket = basket
      self.ttlMs = ttlMs
    }
  }

  package struct Commit: Equatable, Sendable {
    package var hold: String
    /// The till could not ask: the bill of a use that nothing was held for, judged as of `occurredAt`.
    package var offlineBill: String?
    /// Of a gift card, what was spent.
    package var amount: Money?

    package init(hold: String, offlineBill: String? = nil, amount: Money? = nil) {
      self.hold = hold
      self.offlineBill = offlineBill
      self.amount = amount
    }
  }

  fileprivate enum TypeName: String, CaseIterable {
    case check = "voucher.check"
    case hold = "voucher.hold"
    case commit = "voucher.commit"
    case release = "voucher.release"
    case rollBack = "voucher.rollback"
    case cancel = "voucher.cancel"
  }

  package init(
    id: String, source: String, codes: [CodeDigest], member: String? = nil, store: String? = nil, kind: Kind,
    occurredAt: Instant
  ) {
    precondition(!codes.isEmpty, "a command of no code")
    self.id = id
    self.source = source
    self.codes = codes
    self.member = member
    self.store = store
    self.kind = kind
    self.occurredAt = occurredAt
  }

  /// The record's key.
  package var key: String { codes[0].hexadecimal }

  package func encode(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.field("type", typeName.rawValue)
    writer.field("id", id)
    writer.field("occurredAt", occurredAt)
    writer.field("source", source)
    writer.key("codes")
    writer.beginArray()
    for code in codes { writer.string(code.hexadecimal) }
    writer.endArray()
    writer.field("memberId", member)
    writer.field("store", store)
    switch kind {
    case .check(let basket): basket?.encode("basket", to: &writer)
    case .hold(let hold):
      writer.field("hold", hold.hold)
      writer.field("bill", hold.bill)
      hold.basket.encode("basket", to: &writer)
      if let ttlMs = hold.ttlMs { writer.field("ttlMs", ttlMs) }
    case .commit(let commit):
      writer.field("hold", commit.hold)
      writer.field("bill", commit.offlineBill)
      if commit.offlineBill != nil { writer.field("offline", true) }
      if let amount = commit.amount {
        writer.field("currency", amount.currency.code)
        writer.field("amount", minorUnits: amount.minorUnits, exponent: amount.currency.exponent)
      }
    case .release(let hold, let bill):
      writer.field("hold", hold)
      writer.field("bill", bill)
    case .rollBack(let redemption, let reason):
      writer.field("hold", redemption)
      writer.field("reason", reason)
    case .cancel(let actor, let reason):
      writer.field("actor", actor)
      writer.field("reason", reason)
    }
    writer.endObject()
  }

  private var typeName: TypeName {
    switch kind {
    case .check: .check
    case .hold: .hold
    case .commit: .commit
    case .release: .release
    case .rollBack: .rollBack
    case .cancel: .cancel
    }
  }

  /// As a message between owners holds it.
  init(reading reader: inout JSONReader) throws {
    self = try TillCommandFields(reading: &reader, attributes: nil).command(in: reader)
  }

  package init(decoding envelope: EventEnvelope) throws(ContractViolation) {
    self = try Contracts.decoding(envelope) { reader in
      try TillCommandFields(reading: &reader, attributes: envelope.attributes).command(in: reader)
    }
  }
}

extension Basket {
  fileprivate func encode(_ name: StaticString, to writer: inout JSONWriter) {
    writer.key(name)
    encode(to: &writer)
  }
}

/// The fields of a till's command, before its type has said which of them it needs.
private struct TillCommandFields {
  private var head: EventHead
  private var codes: [CodeDigest] = []
  private var texts: [String: String] = [:]
  private var basket: Basket?
  private var ttlMs: Int64?
  private var currency: Currency?
  private var amount: RawAmount?
  private var isOffline = false

  init(reading reader: inout JSONReader, attributes: EventEnvelope.Attributes?) throws {
    var seen: UInt64 = 0
    head = EventHead(attributes, .source)
    try reader.beginObject()
    while let key = try reader.nextField() {
      if try head.read(key, &reader) { continue }
      switch key {
      case "codes":
        try reader.once(0, &seen)
        codes = try Self.codes(&reader)
      case "memberId": texts["memberId"] = try reader.once(1, &seen) { try $0.id() }
      case "store": texts["store"] = try reader.once(2, &seen) { try $0.id() }
      case "hold": texts["hold"] = try reader.once(3, &seen) { try $0.id() }
      case "bill": texts["bill"] = try reader.once(4, &seen) { try $0.id() }
      case "reason": texts["reason"] = try reader.once(5, &seen) { try $0.name() }
      case "actor": texts["actor"] = try reader.once(6, &seen) { try $0.name() }
      case "basket": basket = try reader.once(7, &seen) { try Basket(reading: &$0) }
      case "ttlMs":
        ttlMs = try reader.once(8, &seen) { try $0.count(atLeast: 1, atMost: VoucherHold.ttlMaxMs) }
      case "currency": currency = try reader.once(9, &seen) { try $0.currency() }
      case "amount": amount = try reader.once(10, &seen) { try RawAmount(reading: &$0) }
      case "offline": isOffline = try reader.once(11, &seen) { try $0.bool() }
      default: try reader.skipValue()
      }
    }
  }

  private static func codes(_ reader: inout JSONReader) throws -> [CodeDigest] {
    var codes: [CodeDigest] = []
    try reader.beginArray()
    while try reader.nextElement() {
      guard codes.count < VoucherBundle.codesMax else {
        throw reader.violation(.invalidValue, "must not name more than \(VoucherBundle.codesMax) codes")
      }
      codes.append(try reader.codeDigest())
    }
    return codes
  }

  func command(in reader: borrowing JSONReader) throws -> TillCommand {
    let name = try head.kind(TillCommand.TypeName.self, in: reader)
    guard !codes.isEmpty else {
      throw ContractViolation(.missingField, at: "$.codes", "$.codes is missing; name the digests of the codes.")
    }
    guard codes.count == 1 || amount == nil else {
      throw ContractViolation(
        .invalidValue, at: "$.amount", "$.amount must not be told of several codes: each was held for its own part.")
    }
    return TillCommand(
      id: try head.id(in: reader), source: try head.knownSource().required("source", in: reader), codes: codes,
      member: texts["memberId"], store: texts["store"], kind: try kind(name, reader),
      occurredAt: try head.occurredAt(in: reader))
  }

  private func kind(_ name: TillCommand.TypeName, _ reader: borrowing JSONReader) throws -> TillCommand.Kind {
    switch name {
    case .check: return .check(atStore(basket))
    case .hold:
      guard let basket = atStore(basket) else {
        throw ContractViolation(.missingField, at: "$.basket", "$.basket is missing; every hold must carry it.")
      }
      return .hold(
        .init(hold: try text("hold", reader), bill: try text("bill", reader), basket: basket, ttlMs: ttlMs))
    case .commit:
      return .commit(
        .init(
          hold: try text("hold", reader), offlineBill: isOffline ? try text("bill", reader) : nil,
          amount: try money(reader)))
    case .release: return .release(hold: try text("hold", reader), bill: try text("bill", reader))
    case .rollBack: return .rollBack(redemption: try text("hold", reader), reason: try text("reason", reader))
    case .cancel: return .cancel(actor: try text("actor", reader), reason: try text("reason", reader))
    }
  }

  private func atStore(_ basket: Basket?) -> Basket? {
    var basket = basket
    basket?.store = texts["store"]
    return basket
  }

  private func money(_ reader: borrowing JSONReader) throws -> Money? {
    guard let amount else { return nil }
    let currency = try currency.required("currency", in: reader)
    return Money(minorUnits: try amount.minorUnits(currency.exponent, .notNegative, reader), currency: currency)
  }

  private func text(_ name: String, _ reader: borrowing JSONReader) throws -> String {
    try texts[name].required(name, in: reader)
  }
}

extension JSONReader {
  mutating func codeDigest() throws -> CodeDigest {
    guard let digest = CodeDigest(hexadecimal: try string()) else {
      throw violation(.invalidValue, "must be a code's digest, of 32 hexadecimal digits")
    }
    return digest
  }
}
