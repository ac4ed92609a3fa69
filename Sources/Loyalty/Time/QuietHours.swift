/// The part of each day in which nothing is to be done, by the clocks of a zone: 21:00 to 08:00.
package struct QuietHours: Equatable, Sendable {
  /// Minutes after midnight; the end is not included. Where both are the same there are none.
  package let from: Int
  package let to: Int

  package static let none = QuietHours(from: 0, to: 0)

  /// Times of day, in minutes.
  package init(from: Int, to: Int) {
    self.from = from
    self.to = to
  }

  /// When they end; nil where they do not hold at `instant`. An end that clocks skip moves on by the gap, and of one
  /// that they show twice the first counts.
  package func end(at instant: Instant, in calendar: ZoneCalendar) -> Instant? {
    let (day, timeMs) = calendar.dayAndTime(of: instant)
    let minute = Int(timeMs / 60_000)
    guard holds(minute) else { return nil }
    let lastDay = minute < to ? day : day.adding(days: 1)
    let localMs = Int64(lastDay.daysSinceEpoch) * Instant.dayMs + Int64(to) * 60_000
    let end = calendar.instant(showing: localMs) ?? calendar.adding(days: 1, to: instantBefore(localMs, calendar))
    return end > instant ? end : nil
  }

  private func holds(_ minute: Int) -> Bool {
    from <= to ? from <= minute && minute < to : minute >= from || minute < to
  }

  /// A time of the day before one whose clocks skip it; zones skip no time on two days in a row.
  private func instantBefore(_ localMs: Int64, _ calendar: ZoneCalendar) -> Instant {
    calendar.instant(showing: localMs - Instant.dayMs) ?? Instant(milliseconds: localMs - Instant.dayMs)
  }
}
