import JSON
import Loyalty
import Rewards

/// The answer to a till: the value of `loyalty.voucher-answers`, under the same key as the command.
package struct TillAnswer: Equatable, Sendable {
  /// The command's.
  package var id: String
  package var outcome: Outcome
  /// The record's key: the digest of the command's first code.
  package var code: CodeDigest
  /// Of the hold, or of the use.
  package var hold: String?
  package var refusal: Refusal?
  /// What is known of each code, in the command's order; of a refusal nothing.
  package var vouchers: [Item]
  /// What is left to pay, where a basket was told.
  package var toPay: Money?
  package var occurredAt: Instant

  package enum Outcome: String, CaseIterable, Sendable {
    case usable = "voucher.usable"
    case held = "voucher.held"
    case committed = "voucher.committed"
    case released = "voucher.released"
    case givenBack = "voucher.given-back"
    case cancelled = "voucher.cancelled"
    case refused = "voucher.refused"
  }

  package struct Refusal: Equatable, Sendable {
    /// As the till may learn it.
    package var code: String
    /// The place of the code among the command's, from 0.
    package var place: Int64
    /// From when, until when or since when.
    package var at: Instant?
    /// What there would have to be and what there is: pieces, uses, or minor units.
    package var required: Int64?
    package var available: Int64?
    /// The voucher, or the use, that stands in the way.
    package var other: String?

    package init(
      code: String, place: Int64 = 0, at: Instant? = nil, required: Int64? = nil, available: Int64? = nil,
      other: String? = nil
    ) {
      self.code = code
      self.place = place
      self.at = at
      self.required = required
      self.available = available
      self.other = other
    }
  }

  package struct Item: Equatable, Sendable {
    package var id: String
    package var state: Voucher.State
    /// Uses, or minor units of a gift card, that are left.
    package var left: Int64
    /// When the hold ends.
    package var heldUntil: Instant?
    /// What it takes off the basket; of a gift card's use what was spent.
    package var off: Off?

    package struct Off: Equatable, Sendable {
      package var currency: Currency
      package var total: Int64
      /// Off each line.
      package var lines: [Int64]
      package var shipping: Int64
      /// Free pieces that the till puts in.
      package var addedUnits: Int64

      package init(
        currency: Currency, total: Int64, lines: [Int64] = [], shipping: Int64 = 0, addedUnits: Int64 = 0
      ) {
        self.currency = currency
        self.total = total
        self.lines = lines
        self.shipping = shipping
        self.addedUnits = addedUnits
      }
    }

    package init(
      id: String, state: Voucher.State, left: Int64, heldUntil: Instant? = nil, off: Off? = nil
    ) {
      self.id = id
      self.state = state
      self.left = left
      self.heldUntil = heldUntil
      self.off = off
    }
  }

  package init(
    id: String, outcome: Outcome, code: CodeDigest, hold: String? = nil, refusal: Refusal? = nil,
    vouchers: [Item] = [], toPay: Money? = nil, occurredAt: Instant
  ) {
    self.id = id
    self.outcome = outcome
    self.code = code
    self.hold = hold
    self.refusal = refusal
    self.vouchers = vouchers
    self.toPay = toPay
    self.occurredAt = occurredAt
  }

  package var key: String { code.hexadecimal }

  package func encode(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.field("type", outcome.rawValue)
    writer.field("id", id)
    writer.field("occurredAt", occurredAt)
    writer.field("digest", code.hexadecimal)
    writer.field("hold", hold)
    if let refusal {
      writer.field("code", refusal.code)
      writer.field("place", refusal.place)
      writer.field("at", refusal.at)
      if let required = refusal.required { writer.field("required", required) }
      if let available = refusal.available { writer.field("available", available) }
      writer.field("other", refusal.other)
    }
    if !vouchers.isEmpty {
      writer.key("vouchers")
      writer.beginArray()
      for voucher in vouchers { voucher.encode(to: &writer) }
      writer.endArray()
    }
    if let toPay {
      writer.field("currency", toPay.currency.code)
      writer.field("toPay", minorUnits: toPay.minorUnits, exponent: toPay.currency.exponent)
    }
    writer.endObject()
  }

  package init(decoding bytes: UnsafeRawBufferPointer) throws(ContractViolation) {
    self = try Contracts.decoding(bytes) { reader in try TillAnswer(reading: &reader) }
  }

  private init(reading reader: inout JSONReader) throws {
    var head = EventHead(nil, [])
    var digest: CodeDigest?
    var texts: [String: String] = [:]
    var numbers: [String: Int64] = [:]
    var at: Instant?
    var vouchers: [Item] = []
    var currency: Currency?
    var toPay: RawAmount?
    try reader.beginObject()
    while let key = try reader.nextField() {
      if try head.read(key, &reader) { continue }
      switch key {
      case "digest": digest = try reader.codeDigest()
      case "hold", "code": texts[key.string] = try reader.id()
      case "other": texts["other"] = try reader.madeText()
      case "place", "required", "available": numbers[key.string] = try reader.integer()
      case "at": at = try reader.instant()
      case "currency": currency = try reader.currency()
      case "toPay": toPay = try RawAmount(reading: &reader)
      case "vouchers":
        try reader.beginArray()
        while try reader.nextElement() { vouchers.append(try Item(reading: &reader)) }
      default: try reader.skipValue()
      }
    }
    let refusal = texts["code"].map {
      Refusal(
        code: $0, place: numbers["place"] ?? 0, at: at, required: numbers["required"],
        available: numbers["available"], other: texts["other"])
    }
    var money: Money?
    if let toPay {
      let currency = try currency.required("currency", in: reader)
      money = Money(minorUnits: try toPay.minorUnits(currency.exponent, .anySign, reader), currency: currency)
    }
    self.init(
      id: try head.id(in: reader), outcome: try head.kind(Outcome.self, in: reader),
      code: try digest.required("digest", in: reader), hold: texts["hold"], refusal: refusal, vouchers: vouchers,
      toPay: money, occurredAt: try head.occurredAt(in: reader))
  }
}

extension TillAnswer.Item {
  func encode(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.field("id", id)
    writer.field("state", state.rawValue)
    writer.field("left", left)
    writer.field("heldUntil", heldUntil)
    if let off {
      let exponent = off.currency.exponent
      writer.key("off")
      writer.beginObject()
      writer.field("currency", off.currency.code)
      writer.field("total", minorUnits: off.total, exponent: exponent)
      if !off.lines.isEmpty {
        writer.key("lines")
        writer.beginArray()
        for line in off.lines { writer.decimal(minorUnits: line, exponent: exponent) }
        writer.endArray()
      }
      writer.amount("shipping", off.shipping, exponent)
      if off.addedUnits != 0 { writer.field("addedUnits", off.addedUnits) }
      writer.endObject()
    }
    writer.endObject()
  }

  init(reading reader: inout JSONReader) throws {
    var id: String?
    var state: Voucher.State?
    var left: Int64?
    var heldUntil: Instant?
    var off: Off?
    try reader.beginObject()
    while let key = try reader.nextField() {
      switch key {
      case "id": id = try reader.madeText()
      case "state": state = try reader.word(Voucher.State.self)
      case "left": left = try reader.count(atLeast: 0, atMost: Money.largestSum)
      case "heldUntil": heldUntil = try reader.instant()
      case "off": off = try Off(reading: &reader)
      default: try reader.skipValue()
      }
    }
    self.init(
      id: try id.required("id", in: reader), state: try state.required("state", in: reader),
      left: try left.required("left", in: reader), heldUntil: heldUntil, off: off)
  }
}

extension TillAnswer.Item.Off {
  fileprivate init(reading reader: inout JSONReader) throws {
    var currency: Currency?
    var amounts: [String: RawAmount] = [:]
    var lines: [RawAmount] = []
    var addedUnits: Int64 = 0
    try reader.beginObject()
    while let key = try reader.nextField() {
      switch key {
      case "currency": currency = try reader.currency()
      case "total", "shipping": amounts[key.string] = try RawAmount(reading: &reader)
      case "lines":
        try reader.beginArray()
        while try reader.nextElement() { lines.append(try RawAmount(reading: &reader)) }
      case "addedUnits": addedUnits = try reader.count(atLeast: 0)
      default: try reader.skipValue()
      }
    }
    let known = try currency.required("currency", in: reader)
    let exponent = known.exponent
    var off: [Int64] = []
    for line in lines { off.append(try line.minorUnits(exponent, .notNegative, reader)) }
    self.init(
      currency: known,
      total: try amounts["total"].required("total", in: reader).minorUnits(exponent, .notNegative, reader), lines: off,
      shipping: try amounts["shipping"].minorUnits(exponent, .notNegative, reader) ?? 0, addedUnits: addedUnits)
  }
}

extension TillAnswer.Refusal {
  /// - Parameter place: of the code among the command's.
  package init(_ refusal: VoucherRefusal, place: Int) {
    self.init(code: refusal.codeTold, place: Int64(place))
    switch refusal {
    case .cancelled(let instant), .notYet(let instant), .expired(let instant), .held(let instant),
      .throttled(let instant):
      at = instant
    case .used(let used, let of): (required, available) = (of, max(0, of - used))
    case .alreadyUsed(let by, let instant): (other, at) = (by, instant)
    case .belowMinimum(let needed, let has): (required, available) = (needed, has)
    case .limitReached(let limit, let asked): (required, available) = (asked, limit)
    case .memberLimit(let limit, let used): (required, available) = (limit, max(0, limit - used))
    case .budgetExhausted(let left, let asked): (required, available) = (asked, left)
    case .notCombinable(let with): other = with
    case .unknown, .wrongHolder, .noHold, .wrongStore, .noEffect: break
    }
  }
}
