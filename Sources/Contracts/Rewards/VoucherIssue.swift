import JSON
import Loyalty
import Rewards

/// A voucher that is to be issued, before it has a code: what its owner keeps of it.
package struct VoucherIssue: Equatable, Sendable {
  /// Made of member, redemption and piece: nobody else's.
  package var voucher: String
  package var memberId: String
  package var redemptionId: String
  /// Which of the redemption's pieces it is, from 0.
  package var piece: Int64
  /// The pool's id, or the partner's.
  package var pool: String
  package var terms: VoucherTerms
  package var uses: Voucher.Uses
  package var validFrom: Instant
  package var validUntil: Instant
  /// A partner gave its code and takes it: no till of ours does.
  package var isPartners: Bool

  package init(
    voucher: String, memberId: String, redemptionId: String, piece: Int64, pool: String, terms: VoucherTerms,
    uses: Voucher.Uses, validFrom: Instant, validUntil: Instant, isPartners: Bool = false
  ) {
    self.voucher = voucher
    self.memberId = memberId
    self.redemptionId = redemptionId
    self.piece = piece
    self.pool = pool
    self.terms = terms
    self.uses = uses
    self.validFrom = validFrom
    self.validUntil = validUntil
    self.isPartners = isPartners
  }

  func encode(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.field("voucher", voucher)
    writer.field("memberId", memberId)
    writer.field("redemptionId", redemptionId)
    writer.field("piece", piece)
    encodeSource(to: &writer)
    uses.encodeField(to: &writer)
    writer.field("validFrom", validFrom)
    writer.field("validUntil", validUntil)
    writer.endObject()
  }

  init(reading reader: inout JSONReader) throws {
    var texts: [String: String] = [:]
    var piece: Int64?
    var terms: VoucherTerms?
    var uses: Voucher.Uses?
    var from: Instant?
    var until: Instant?
    try reader.beginObject()
    while let key = try reader.nextField() {
      switch key {
      case "voucher", "memberId", "redemptionId", "pool", "partner": texts[key.string] = try reader.id()
      case "piece": piece = try reader.count(atLeast: 0, atMost: RewardAsk.quantityMax)
      case "terms": terms = try VoucherTerms(reading: &reader)
      case "times": uses = .times(try reader.count(atLeast: 1, atMost: Voucher.timesMax))
      case "value": uses = .value(try reader.count(atLeast: 1))
      case "validFrom": from = try reader.instant()
      case "validUntil": until = try reader.instant()
      default: try reader.skipValue()
      }
    }
    func text(_ name: String, _ reader: borrowing JSONReader) throws -> String {
      try texts[name].required(name, in: reader)
    }
    self.init(
      voucher: try text("voucher", reader), memberId: try text("memberId", reader),
      redemptionId: try text("redemptionId", reader), piece: try piece.required("piece", in: reader),
      pool: try texts["partner"] ?? text("pool", reader),
      terms: try texts["partner"] == nil ? terms.required("terms", in: reader) : .ofPartners,
      uses: try uses.required("times", in: reader), validFrom: try from.required("validFrom", in: reader),
      validUntil: try until.required("validUntil", in: reader), isPartners: texts["partner"] != nil)
  }

  /// The pool and its terms, or the partner, who alone knows what its vouchers are good for.
  func encodeSource(to writer: inout JSONWriter) {
    guard !isPartners else { return writer.field("partner", pool) }
    writer.field("pool", pool)
    writer.key("terms")
    terms.encode(to: &writer)
  }
}

extension VoucherTerms {
  /// Of a voucher that no till of ours takes: nothing off.
  package static let ofPartners = VoucherTerms(.freeShipping(cap: 0), isCombinable: false)
}

extension Voucher.Uses {
  /// So many uses, or a gift card's value in minor units.
  func encodeField(to writer: inout JSONWriter) {
    switch self {
    case .times(let times): writer.field("times", times)
    case .value(let value): writer.field("value", value)
    }
  }
}
