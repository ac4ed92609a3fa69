/// A moment in time: milliseconds since 1970-01-01T00:00:00Z. Finer fractions are cut off when read.
package struct Instant: Hashable, Comparable, Sendable {
  package var milliseconds: Int64

  package init(milliseconds: Int64) {
    self.milliseconds = milliseconds
  }

  package static let epoch = Instant(milliseconds: 0)

  /// An hour, and a day of UTC, in milliseconds.
  package static let hourMs: Int64 = 3_600_000
  package static let dayMs: Int64 = 86_400_000

  /// Years 0001 to 9999, the span an RFC 3339 text can name.
  package static let distantPast = Instant(milliseconds: -62_135_596_800_000)
  package static let distantFuture = Instant(milliseconds: 253_402_300_799_999)

  /// Milliseconds of the years that calendars are asked about: those of texts, and what rules add to them.
  package static let calendar: ClosedRange<Int64> = -1_000_000_000_000_000...1_000_000_000_000_000

  package static func < (left: Instant, right: Instant) -> Bool {
    left.milliseconds < right.milliseconds
  }

  package static func max(_ left: Instant, _ right: Instant) -> Instant {
    left < right ? right : left
  }

  package func advanced(byMilliseconds count: Int64) -> Instant {
    Instant(milliseconds: milliseconds + count)
  }
}
