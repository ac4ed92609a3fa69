import Loyalty
import StreamRuntime

/// The domain's own types as fields of a row.
extension RowEncoder {
  package func points(_ points: Points) { int(points.value) }
  package func instant(_ instant: Instant) { int(instant.milliseconds) }
  package func optionalInstant(_ instant: Instant?) { optionalInt(instant?.milliseconds) }

  /// As the distance from another instant, which is shorter than the instant itself.
  package func optionalInstant(_ instant: Instant?, after start: Instant) {
    optionalInt(instant.map { $0.milliseconds - start.milliseconds })
  }

  package func currency(_ currency: Currency) { int(Int64(currency.packedCode)) }

  /// - Parameter tellsParts: whether the row's format has names of lines, and what was paid beside the lines.
  package func spend(_ spend: PurchaseSpend, tellsParts: Bool) {
    int(spend.eligible)
    int(spend.refunded)
    int(spend.refundedAmounts)
    list(spend.lines) {
      string($0.sku)
      int($0.quantity)
      int($0.returned)
      int($0.eligible)
      int($0.refunded)
    }
    guard tellsParts else { return }
    list(spend.lineIds) { string($0) }
    bool(spend.extras != nil)
    guard let extras = spend.extras else { return }
    int(extras.shipping)
    int(extras.tax)
    int(extras.paid)
    int(extras.refundedWithBoth)
    int(extras.refundedWithShipping)
    int(extras.refundedWithTax)
  }
}

extension RowDecoder {
  package mutating func points() throws -> Points { Points(try int()) }
  package mutating func instant() throws -> Instant { Instant(milliseconds: try int()) }
  package mutating func optionalInstant() throws -> Instant? { try optionalInt().map { Instant(milliseconds: $0) } }

  package mutating func optionalInstant(after start: Instant) throws -> Instant? {
    try optionalInt().map { start.advanced(byMilliseconds: $0) }
  }

  package mutating func currency() throws -> Currency {
    guard let currency = Currency(packedCode: UInt32(truncatingIfNeeded: try int())) else {
      throw RowFormatError("a currency that is not known")
    }
    return currency
  }

  package mutating func spend(tellsParts: Bool) throws -> PurchaseSpend {
    var spend = PurchaseSpend(
      lines: [], eligible: try int(), refunded: try int(), refundedAmounts: try int())
    spend.lines = try list {
      SpendLine(
        sku: try $0.string(), quantity: try $0.int(), returned: try $0.int(), eligible: try $0.int(),
        refunded: try $0.int())
    }
    guard tellsParts else { return spend }
    spend.lineIds = try list { try $0.string() }
    if try bool() {
      spend.extras = PurchaseExtras(
        shipping: try int(), tax: try int(), paid: try int(), refundedWithBoth: try int(),
        refundedWithShipping: try int(), refundedWithTax: try int())
    }
    return spend
  }
}
