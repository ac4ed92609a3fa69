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

  package func decimal(_ value: ExactDecimal) {
    int(value.significand)
    byte(value.scale)
  }

  package func digest(_ digest: IdDigest) {
    int(Int64(bitPattern: digest.high))
    int(Int64(bitPattern: digest.low))
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

/// Each number within what a row may hold, so that no arithmetic on it overflows: a damaged row is an error that names
/// its store, and no end of the process.
extension RowDecoder {
  package mutating func points() throws -> Points {
    Points(try int(within: -Points.largestRead.value...Points.largestRead.value))
  }

  /// Points that one rule gave: those of all of a programme's rules add up.
  package mutating func movement() throws -> Points { Points(try balance()) }

  package mutating func instant() throws -> Instant { try Self.checked(try int()) }
  package mutating func optionalInstant() throws -> Instant? { try optionalInt().map(Self.checked) }

  package mutating func optionalInstant(after start: Instant) throws -> Instant? {
    try bool() ? try instant(after: start) : nil
  }

  package mutating func instant(after start: Instant) throws -> Instant {
    try Self.checked(start.milliseconds.addingBounded(try int()))
  }

  private static func checked(_ milliseconds: Int64) throws -> Instant {
    guard Instant.calendar.contains(milliseconds) else { throw RowFormatError("an instant outside of all calendars") }
    return Instant(milliseconds: milliseconds)
  }

  package mutating func day() throws -> LocalDate { try day(after: LocalDate(daysSinceEpoch: 0)) }

  package mutating func day(after day: LocalDate) throws -> LocalDate {
    let days = Int64(day.daysSinceEpoch).addingBounded(try int())
    guard Self.days.contains(days) else { throw RowFormatError("a day outside of all calendars") }
    return LocalDate(daysSinceEpoch: Int32(days))
  }

  private static let days = Instant.calendar.lowerBound / Instant.dayMs...Instant.calendar.upperBound / Instant.dayMs

  /// How many of something there are.
  package mutating func count() throws -> Int64 { try int(within: 0...Self.countMax) }
  /// The same where corrections may take it below 0.
  package mutating func balance() throws -> Int64 { try int(within: -Self.countMax...Self.countMax) }

  private static let countMax: Int64 = 1_000_000_000_000_000

  @inline(__always)
  package mutating func int(within span: ClosedRange<Int64>) throws -> Int64 {
    let value = try int()
    guard span.contains(value) else { throw RowFormatError("a number that no row holds") }
    return value
  }

  package mutating func decimal() throws -> ExactDecimal {
    let (significand, scale) = (try int(), try byte())
    guard scale <= ExactDecimal.scaleMax, significand > .min else {
      throw RowFormatError("a decimal of \(scale) fraction digits")
    }
    return ExactDecimal(significand: significand, scale: scale)
  }

  package mutating func currency() throws -> Currency {
    guard let currency = Currency(packedCode: UInt32(truncatingIfNeeded: try int())) else {
      throw RowFormatError("a currency that is not known")
    }
    return currency
  }

  package mutating func spend(tellsParts: Bool) throws -> PurchaseSpend {
    var spend = PurchaseSpend(lines: [], eligible: try sum(), refunded: try sum(), refundedAmounts: try sum())
    spend.lines = try list {
      SpendLine(
        sku: try $0.string(), quantity: try $0.count(), returned: try $0.count(), eligible: try $0.ofLine(),
        refunded: try $0.ofLine())
    }
    guard tellsParts else { return spend }
    spend.lineIds = try list { try $0.string() }
    guard spend.lineIds.isEmpty || spend.lineIds.count == spend.lines.count else {
      throw RowFormatError("names of \(spend.lineIds.count) lines for \(spend.lines.count)")
    }
    if try bool() {
      spend.extras = PurchaseExtras(
        shipping: try sum(), tax: try sum(), paid: try sum(), refundedWithBoth: try sum(),
        refundedWithShipping: try sum(), refundedWithTax: try sum())
    }
    return spend
  }

  /// Minor units that an event tells.
  package mutating func optionalAmount() throws -> Int64? { try bool() ? try ofLine() : nil }

  /// Minor units of one line, and of all of a purchase.
  private mutating func ofLine() throws -> Int64 { try int(within: -Money.largestOfLine...Money.largestOfLine) }
  package mutating func sum() throws -> Int64 { try int(within: -Money.largestSum...Money.largestSum) }

  /// An id that stands for another one, see `IdDigest`.
  package mutating func digest() throws -> IdDigest {
    IdDigest(high: UInt64(bitPattern: try int()), low: UInt64(bitPattern: try int()))
  }
}
