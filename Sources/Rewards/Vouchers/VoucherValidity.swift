import Loyalty

/// From when until when a voucher may be used, by its pool's document and the local day of its issue. So many days
/// after the issue win over the pool's own end.
package struct VoucherValidity: Equatable, Sendable {
  /// It begins so many days after the issue, with the day; 0: at once.
  package var activeAfterDays: Int
  /// Its last day is so many days after the first; nil: ``lastDay``.
  package var validForDays: Int?
  package var lastDay: LocalDate?

  package init(activeAfterDays: Int = 0, validForDays: Int? = nil, lastDay: LocalDate? = nil) {
    self.activeAfterDays = activeAfterDays
    self.validForDays = validForDays
    self.lastDay = lastDay
  }

  /// The end is the first instant after the last local day.
  package func span(issuedAt: Instant, in calendar: ZoneCalendar) -> (from: Instant, until: Instant) {
    let first = calendar.day(of: issuedAt).adding(days: activeAfterDays)
    let last = validForDays.map { first.adding(days: $0) } ?? lastDay
    return (
      activeAfterDays == 0 ? issuedAt : calendar.start(of: first),
      last.map { calendar.start(of: $0.adding(days: 1)) } ?? .distantFuture
    )
  }

  /// Whole local days until the last one of a voucher; members are told on the day on which so many are left.
  package static func daysLeft(until end: Instant, on day: LocalDate, in calendar: ZoneCalendar) -> Int {
    let last = calendar.day(of: end.advanced(byMilliseconds: -1))
    return Int(last.daysSinceEpoch - day.daysSinceEpoch)
  }
}
