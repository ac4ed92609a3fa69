import JSON
import Loyalty
import Rewards

/// What members, shops and operators ask of rewards: the value of `loyalty.reward-requests`, under the member's id.
package struct RewardRequest: Equatable, Sendable {
  /// Of a redemption that of the redemption too. The same again moves nothing.
  package var id: String
  package var memberId: String
  package var kind: Kind
  package var occurredAt: Instant
  package var source: String?
  package var actor: String?
  package var reason: String?

  package enum Kind: Equatable, Sendable {
    case redeem(Redeem)
    /// What was redeemed is given back, while the reward's terms let it.
    case cancel(redemptionId: String)
    /// People have delivered what is delivered by hand.
    case deliver(redemptionId: String, reference: String?)
    /// A voucher of a pool without points, such as on a birthday. `cause` says of what.
    case issue(pool: String, cause: String?)
    /// An operator has found out what became of an order at a partner of which nobody knows.
    case settle(redemptionId: String, Settlement)
  }

  package enum Settlement: Equatable, Sendable {
    /// The codes, a piece each, sealed under the key of vouchers.
    case issued([String])
    case notIssued
  }

  package struct Redeem: Equatable, Sendable {
    package var reward: String
    package var quantity: Int64
    /// The price of one piece that the member was shown; nil: they take it at any price.
    package var shown: Points?
    /// Of a reward that pays on a bill.
    package var payment: BillPayment?

    package init(reward: String, quantity: Int64 = 1, shown: Points? = nil, payment: BillPayment? = nil) {
      self.reward = reward
      self.quantity = quantity
      self.shown = shown
      self.payment = payment
    }
  }

  package static let idBytesMax = 100

  private enum TypeName: String, CaseIterable {
    case redeem = "reward.redeem"
    case cancel = "reward.cancel"
    case deliver = "reward.delivered"
    case issue = "voucher.issue"
    case settleIssued = "order.settled-issued"
    case settleNotIssued = "order.settled-not-issued"
  }

  package init(
    id: String, memberId: String, kind: Kind, occurredAt: Instant, source: String? = nil, actor: String? = nil,
    reason: String? = nil
  ) {
    self.id = id
    self.memberId = memberId
    self.kind = kind
    self.occurredAt = occurredAt
    self.source = source
    self.actor = actor
    self.reason = reason
  }

  package func encode(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.field("type", typeName.rawValue)
    writer.field("id", id)
    writer.field("occurredAt", occurredAt)
    writer.field("memberId", memberId)
    writer.field("source", source)
    switch kind {
    case .redeem(let redeem):
      writer.field("reward", redeem.reward)
      writer.field("quantity", redeem.quantity)
      if let shown = redeem.shown { writer.field("points", shown) }
      redeem.payment?.encode(to: &writer)
    case .cancel(let redemptionId): writer.field("redemptionId", redemptionId)
    case .deliver(let redemptionId, let reference):
      writer.field("redemptionId", redemptionId)
      writer.field("reference", reference)
    case .issue(let pool, let cause):
      writer.field("pool", pool)
      writer.field("cause", cause)
    case .settle(let redemptionId, let settlement):
      writer.field("redemptionId", redemptionId)
      guard case .issued(let codes) = settlement else { break }
      writer.key("codes")
      writer.beginArray()
      for code in codes { writer.string(code) }
      writer.endArray()
    }
    writer.field("actor", actor)
    writer.field("reason", reason)
    writer.endObject()
  }

  private var typeName: TypeName {
    switch kind {
    case .redeem: .redeem
    case .cancel: .cancel
    case .deliver: .deliver
    case .issue: .issue
    case .settle(_, .issued): .settleIssued
    case .settle(_, .notIssued): .settleNotIssued
    }
  }

  package init(decoding envelope: EventEnvelope) throws(ContractViolation) {
    self = try Contracts.decoding(envelope) { reader in
      try RewardRequest(reading: &reader, attributes: envelope.attributes)
    }
  }

  private init(reading reader: inout JSONReader, attributes: EventEnvelope.Attributes?) throws {
    var seen: UInt64 = 0
    var head = EventHead(attributes, [.memberId, .source])
    var texts: [String: String] = [:]
    var quantity: Int64 = 1
    var shown: Points?
    var payment = BillPaymentReading()
    var codes: [String]?
    try reader.beginObject()
    while let key = try reader.nextField() {
      if try head.read(key, &reader) || payment.read(key, &reader) { continue }
      switch key {
      case "reward": texts["reward"] = try reader.once(0, &seen) { try $0.id() }
      case "redemptionId": texts["redemptionId"] = try reader.once(1, &seen) { try $0.id() }
      case "pool": texts["pool"] = try reader.once(2, &seen) { try $0.id() }
      case "cause": texts["cause"] = try reader.once(3, &seen) { try $0.name() }
      case "reference": texts["reference"] = try reader.once(4, &seen) { try $0.name() }
      case "actor": texts["actor"] = try reader.once(5, &seen) { try $0.name() }
      case "reason": texts["reason"] = try reader.once(6, &seen) { try $0.name() }
      case "quantity":
        quantity = try reader.once(7, &seen) { try $0.count(atLeast: 1, atMost: RewardAsk.quantityMax) }
      case "points":
        let points = try reader.once(8, &seen) { try $0.points() }
        guard points >= 0 else { throw reader.violation(.invalidPoints, "must not be negative") }
        shown = points
      case "codes": codes = try reader.once(9, &seen) { try Self.codes(&$0) }
      default: try reader.skipValue()
      }
    }
    func text(_ name: String, _ reader: borrowing JSONReader) throws -> String {
      try texts[name].required(name, in: reader)
    }
    let id = try head.id(in: reader)
    guard id.utf8.count <= Self.idBytesMax else {
      throw ContractViolation(
        .invalidId, at: "$.id",
        "$.id must not be longer than \(Self.idBytesMax) bytes: ids of its steps are made of it.")
    }
    let kind: Kind
    switch try head.kind(TypeName.self, in: reader) {
    case .redeem:
      kind = .redeem(
        Redeem(
          reward: try text("reward", reader), quantity: quantity, shown: shown,
          payment: try payment.payment(of: quantity, in: reader)))
    case .cancel: kind = .cancel(redemptionId: try text("redemptionId", reader))
    case .deliver: kind = .deliver(redemptionId: try text("redemptionId", reader), reference: texts["reference"])
    case .issue: kind = .issue(pool: try text("pool", reader), cause: texts["cause"])
    case .settleIssued:
      kind = .settle(
        redemptionId: try text("redemptionId", reader), .issued(try codes.required("codes", in: reader)))
    case .settleNotIssued: kind = .settle(redemptionId: try text("redemptionId", reader), .notIssued)
    }
    self.init(
      id: id, memberId: try head.memberId(in: reader), kind: kind,
      occurredAt: try head.occurredAt(in: reader), source: try head.knownSource(), actor: texts["actor"],
      reason: texts["reason"])
  }

  private static func codes(_ reader: inout JSONReader) throws -> [String] {
    var codes: [String] = []
    try reader.beginArray()
    while try reader.nextElement() {
      codes.append(try reader.madeText())
      guard codes.count <= RewardAsk.quantityMax else {
        throw reader.violation(.invalidValue, "must not hold more than \(RewardAsk.quantityMax) codes")
      }
    }
    return codes
  }
}
