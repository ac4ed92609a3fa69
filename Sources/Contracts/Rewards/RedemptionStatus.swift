import JSON
import Loyalty
import Rewards

/// What became of a redemption, or of a voucher that was issued without points: the value of `loyalty.redemptions`.
package struct RedemptionStatus: Equatable, Sendable {
  /// The request's id, or that of the redemption which changed by itself, and what became of it.
  package var id: String
  package var memberId: String
  package var redemptionId: String
  package var state: State
  /// nil: no reward, a voucher of ``pool`` alone.
  package var reward: String?
  package var rewardVersion: Int64?
  package var pool: String?
  /// Who delivers it, where that is a partner.
  package var partner: String?
  package var programId: String?
  package var quantity: Int64
  /// Of all pieces.
  package var points: Points
  package var refusal: Refusal?
  /// What was issued, in the order of the pieces.
  package var vouchers: [IssuedVoucher]
  /// What the points take off a bill.
  package var off: Money?
  /// What people, or a partner, know the delivery by; of money off the bill.
  package var reference: String?
  package var occurredAt: Instant

  package enum State: String, CaseIterable, Sendable {
    case delivering = "redemption.delivering"
    /// A partner did not say whether it has issued something; it is asked until it does.
    case unknown = "redemption.unknown"
    case issued = "redemption.issued"
    case refused = "redemption.refused"
    case used = "redemption.used"
    /// A use was undone: it is issued again.
    case givenBack = "redemption.given-back"
    case expired = "redemption.expired"
    case cancelled = "redemption.cancelled"
    case cancelRefused = "redemption.cancel-refused"
    case deliverRefused = "redemption.deliver-refused"
    case settleRefused = "redemption.settle-refused"
  }

  /// Why, with the numbers that it has.
  package struct Refusal: Equatable, Sendable {
    package var code: String
    /// What there would have to be, and what there is.
    package var required: Int64?
    package var available: Int64?
    /// From when, until when or since when.
    package var at: Instant?

    package init(code: String, required: Int64? = nil, available: Int64? = nil, at: Instant? = nil) {
      self.code = code
      self.required = required
      self.available = available
      self.at = at
    }
  }

  package struct IssuedVoucher: Equatable, Sendable {
    package var id: String
    /// Sealed under the key of vouchers.
    package var code: String
    /// Its last four characters.
    package var codeEnd: String
    package var validFrom: Instant
    package var validUntil: Instant

    package init(id: String, code: String, codeEnd: String, validFrom: Instant, validUntil: Instant) {
      self.id = id
      self.code = code
      self.codeEnd = codeEnd
      self.validFrom = validFrom
      self.validUntil = validUntil
    }
  }

  package init(
    id: String, memberId: String, redemptionId: String, state: State, reward: String? = nil,
    rewardVersion: Int64? = nil, pool: String? = nil, partner: String? = nil, programId: String? = nil,
    quantity: Int64 = 1, points: Points = 0, refusal: Refusal? = nil, vouchers: [IssuedVoucher] = [],
    off: Money? = nil, reference: String? = nil, occurredAt: Instant
  ) {
    self.id = id
    self.memberId = memberId
    self.redemptionId = redemptionId
    self.state = state
    self.reward = reward
    self.rewardVersion = rewardVersion
    self.pool = pool
    self.partner = partner
    self.programId = programId
    self.quantity = quantity
    self.points = points
    self.refusal = refusal
    self.vouchers = vouchers
    self.off = off
    self.reference = reference
    self.occurredAt = occurredAt
  }

  package func encode(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.field("type", state.rawValue)
    writer.field("id", id)
    writer.field("occurredAt", occurredAt)
    writer.field("memberId", memberId)
    writer.field("redemptionId", redemptionId)
    writer.field("reward", reward)
    if let rewardVersion { writer.field("rewardVersion", rewardVersion) }
    writer.field("pool", pool)
    writer.field("partner", partner)
    writer.field("programId", programId)
    writer.field("quantity", quantity)
    writer.field("points", points)
    if let refusal {
      writer.field("code", refusal.code)
      if let required = refusal.required { writer.field("required", required) }
      if let available = refusal.available { writer.field("available", available) }
      writer.field("at", refusal.at)
    }
    if !vouchers.isEmpty {
      writer.key("vouchers")
      writer.beginArray()
      for voucher in vouchers { voucher.encode(to: &writer) }
      writer.endArray()
    }
    if let off {
      writer.field("currency", off.currency.code)
      writer.field("amount", minorUnits: off.minorUnits, exponent: off.currency.exponent)
    }
    writer.field("reference", reference)
    writer.endObject()
  }

  package init(decoding bytes: UnsafeRawBufferPointer) throws(ContractViolation) {
    self = try Contracts.decoding(bytes) { reader in try RedemptionStatus(reading: &reader) }
  }

  private init(reading reader: inout JSONReader) throws {
    var head = EventHead(nil, [.memberId, .programId])
    var texts: [String: String] = [:]
    var numbers: [String: Int64] = [:]
    var at: Instant?
    var vouchers: [IssuedVoucher] = []
    var currency: Currency?
    var amount: RawAmount?
    try reader.beginObject()
    while let key = try reader.nextField() {
      if try head.read(key, &reader) { continue }
      switch key {
      case "redemptionId", "reward", "pool", "partner", "code": texts[key.string] = try reader.id()
      case "reference": texts["reference"] = try reader.name()
      case "rewardVersion", "quantity", "points", "required", "available":
        numbers[key.string] = try reader.integer()
      case "at": at = try reader.instant()
      case "currency": currency = try reader.currency()
      case "amount": amount = try RawAmount(reading: &reader)
      case "vouchers":
        try reader.beginArray()
        while try reader.nextElement() { vouchers.append(try IssuedVoucher(reading: &reader)) }
      default: try reader.skipValue()
      }
    }
    var off: Money?
    if let amount {
      let currency = try currency.required("currency", in: reader)
      off = Money(minorUnits: try amount.minorUnits(currency.exponent, .notNegative, reader), currency: currency)
    }
    let refusal = texts["code"].map {
      Refusal(code: $0, required: numbers["required"], available: numbers["available"], at: at)
    }
    self.init(
      id: try head.id(in: reader), memberId: try head.memberId(in: reader),
      redemptionId: try texts["redemptionId"].required("redemptionId", in: reader),
      state: try head.kind(State.self, in: reader), reward: texts["reward"], rewardVersion: numbers["rewardVersion"],
      pool: texts["pool"], partner: texts["partner"], programId: head.programId,
      quantity: try numbers["quantity"].required("quantity", in: reader),
      points: Points(try numbers["points"].required("points", in: reader)), refusal: refusal, vouchers: vouchers,
      off: off, reference: texts["reference"], occurredAt: try head.occurredAt(in: reader))
  }
}

extension RedemptionStatus.IssuedVoucher {
  package func encode(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.field("id", id)
    writer.field("code", code)
    writer.field("codeEnd", codeEnd)
    writer.field("validFrom", validFrom)
    writer.field("validUntil", validUntil)
    writer.endObject()
  }

  init(reading reader: inout JSONReader) throws {
    var texts: [String: String] = [:]
    var from: Instant?
    var until: Instant?
    try reader.beginObject()
    while let key = try reader.nextField() {
      switch key {
      case "id", "code", "codeEnd": texts[key.string] = try reader.madeText()
      case "validFrom": from = try reader.instant()
      case "validUntil": until = try reader.instant()
      default: try reader.skipValue()
      }
    }
    self.init(
      id: try texts["id"].required("id", in: reader), code: try texts["code"].required("code", in: reader),
      codeEnd: try texts["codeEnd"].required("codeEnd", in: reader),
      validFrom: try from.required("validFrom", in: reader), validUntil: try until.required("validUntil", in: reader))
  }
}

extension RedemptionStatus.Refusal {
  package init(_ refusal: RedemptionRefusal) {
    self.init(code: refusal.code)
    switch refusal {
    case .notYet(let from): at = from
    case .ended(let end): at = end
    case .memberLimit(let limit, let used, let asked): (required, available) = (asked, max(0, limit - used))
    case .priceChanged(let shown, let now, _): (required, available) = (now.value, shown.value)
    case .insufficientPoints(let needed, let has): (required, available) = (needed.value, has.value)
    case .outOfStock(let left, let asked): (required, available) = (asked, left)
    case .belowMinimum(let needed, let has): (required, available) = (needed.value, has.value)
    case .unknownReward, .accountFrozen, .rewardNotActive, .outsideHours, .notEligible, .noEffect, .deliveryFailed:
      break
    }
  }

  package init(_ refusal: CancelRefusal) {
    self.init(code: refusal.code)
    if case .tooLate(let since) = refusal { at = since }
  }
}
