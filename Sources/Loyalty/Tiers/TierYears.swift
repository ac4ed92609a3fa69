/// The years by which a window counts, numbered: calendar years, or a member's own, which begin each year on the day of
/// the month that the first one began on (on the month's last day where it is shorter).
struct TierYears {
  /// The first day of the member's year 0; nil: calendar years, numbered as in the calendar.
  private let firstDay: LocalDate?

  /// nil for a window that has no years. A member who did nothing yet has a year that begins `today`.
  init?(_ window: TierScheme.Window, firstDay: LocalDate?, today: LocalDate) {
    switch window {
    case .calendarYear: self.firstDay = nil
    case .anniversary: self.firstDay = firstDay ?? today
    case .lifetime, .rolling: return nil
    }
  }

  func year(of day: LocalDate) -> Int {
    let year = day.civil.year
    guard let firstDay else { return year }
    let number = year - firstDay.civil.year
    return start(of: number) > day ? number - 1 : number
  }

  func start(of year: Int) -> LocalDate {
    guard let firstDay else { return LocalDate(validYear: year, month: 1, day: 1) }
    return firstDay.adding(months: 12 * year)
  }
}
