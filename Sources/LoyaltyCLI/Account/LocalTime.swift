import Loyalty

/// An instant as people read it: in UTC, and beside it on the clocks of a programme's zone.
struct LocalTime {
  /// nil: the programme is not published any more, or its zone is UTC.
  private let calendar: ZoneCalendar?

  init(_ calendar: ZoneCalendar?) { self.calendar = calendar?.identifier == "UTC" ? nil : calendar }

  /// The zone's name; nil where UTC says all.
  var zone: String? { calendar?.identifier }

  func text(_ instant: Instant) -> String {
    guard let calendar else { return instant.rfc3339 }
    return "\(instant.rfc3339) (\(local(instant, in: calendar)))"
  }

  /// `2017-07-08 00:00`; seconds only where they are not zero.
  private func local(_ instant: Instant, in calendar: ZoneCalendar) -> String {
    let (day, milliseconds) = calendar.dayAndTime(of: instant)
    let (year, month, date) = day.civil
    let seconds = milliseconds / 1000
    let time = "\(two(seconds / 3600)):\(two(seconds / 60 % 60))" + (seconds % 60 == 0 ? "" : ":\(two(seconds % 60))")
    let padded = String(repeating: "0", count: max(0, 4 - "\(year)".count)) + "\(year)"
    return "\(padded)-\(two(Int64(month)))-\(two(Int64(date))) \(time)"
  }

  private func two(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
