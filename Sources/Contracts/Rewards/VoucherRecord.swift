import JSON
import Loyalty
import Rewards

/// A voucher as it stands: the value of `loyalty.vouchers`, one record a voucher under its id.
package struct VoucherRecord: Equatable, Sendable {
  package var issue: VoucherIssue
  package var state: Voucher.State
  /// Uses, or minor units of a gift card, that are left.
  package var left: Int64
  /// Sealed under the key of vouchers.
  package var code: String
  /// Its last four characters.
  package var codeEnd: String
  /// The bill that holds it, until when.
  package var heldBy: String?
  package var heldUntil: Instant?
  package var occurredAt: Instant

  package static let type: StaticString = "voucher.state"

  package init(
    issue: VoucherIssue, state: Voucher.State, left: Int64, code: String, codeEnd: String, heldBy: String? = nil,
    heldUntil: Instant? = nil, occurredAt: Instant
  ) {
    self.issue = issue
    self.state = state
    self.left = left
    self.code = code
    self.codeEnd = codeEnd
    self.heldBy = heldBy
    self.heldUntil = heldUntil
    self.occurredAt = occurredAt
  }

  /// The record's key.
  package var key: String { issue.voucher }

  package func encode(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.field("type", literal: Self.type)
    writer.field("id", issue.voucher)
    writer.field("occurredAt", occurredAt)
    writer.field("memberId", issue.memberId)
    writer.field("redemptionId", issue.redemptionId)
    writer.field("piece", issue.piece)
    issue.encodeSource(to: &writer)
    writer.field("state", state.rawValue)
    issue.uses.encodeField(to: &writer)
    writer.field("left", left)
    writer.field("code", code)
    writer.field("codeEnd", codeEnd)
    writer.field("validFrom", issue.validFrom)
    writer.field("validUntil", issue.validUntil)
    writer.field("heldBy", heldBy)
    writer.field("heldUntil", heldUntil)
    writer.endObject()
  }

  package init(decoding bytes: UnsafeRawBufferPointer) throws(ContractViolation) {
    self = try Contracts.decoding(bytes) { reader in try VoucherRecord(reading: &reader) }
  }

  private init(reading reader: inout JSONReader) throws {
    var head = EventHead(nil, .memberId)
    var texts: [String: String] = [:]
    var numbers: [String: Int64] = [:]
    var instants: [String: Instant] = [:]
    var state: Voucher.State?
    var terms: VoucherTerms?
    try reader.beginObject()
    while let key = try reader.nextField() {
      if try head.read(key, &reader) { continue }
      switch key {
      case "redemptionId", "pool", "partner", "heldBy": texts[key.string] = try reader.id()
      case "code", "codeEnd": texts[key.string] = try reader.madeText()
      case "piece", "times", "value", "left":
        numbers[key.string] = try reader.count(atLeast: 0, atMost: Money.largestSum)
      case "validFrom", "validUntil", "heldUntil": instants[key.string] = try reader.instant()
      case "state": state = try reader.word(Voucher.State.self)
      case "terms": terms = try VoucherTerms(reading: &reader)
      default: try reader.skipValue()
      }
    }
    try head.expect("\(Self.type)", in: reader)
    func text(_ name: String, _ reader: borrowing JSONReader) throws -> String {
      try texts[name].required(name, in: reader)
    }
    let uses: Voucher.Uses =
      if let value = numbers["value"] { .value(value) } else {
        .times(try numbers["times"].required("times", in: reader))
      }
    let issue = VoucherIssue(
      voucher: try head.id(in: reader), memberId: try head.memberId(in: reader),
      redemptionId: try text("redemptionId", reader), piece: try numbers["piece"].required("piece", in: reader),
      pool: try texts["partner"] ?? text("pool", reader),
      terms: try texts["partner"] == nil ? terms.required("terms", in: reader) : .ofPartners, uses: uses,
      validFrom: try instants["validFrom"].required("validFrom", in: reader),
      validUntil: try instants["validUntil"].required("validUntil", in: reader), isPartners: texts["partner"] != nil)
    self.init(
      issue: issue, state: try state.required("state", in: reader),
      left: try numbers["left"].required("left", in: reader), code: try text("code", reader),
      codeEnd: try text("codeEnd", reader), heldBy: texts["heldBy"], heldUntil: instants["heldUntil"],
      occurredAt: try head.occurredAt(in: reader))
  }
}
