/// The years by which a window counts, numbered: calendar years, or a member's own, which begin each year on the day of
/// the month that the first one began on (on the month's last day where it is shorter). Quarters of the calendar are
/// years of three months here.
struct TierYears {
  /// The first day of the member's year 0; nil: those of the calendar, counted from its year 0.
  private let firstDay: LocalDate?
  private let months: Int

  /// nil for a window that has no years. A member who did nothing yet has a year that begins `today`.
  init?(_ window: TierScheme.Window, firstDay: LocalDate?, today: LocalDate) {
    switch window {
    case .calendarYear: (self.firstDay, months) = (nil, 12)
    case .calendarQuarter: (self.firstDay, months) = (nil, 3)
    case .anniversary: (self.firstDay, months) = (firstDay ?? today, 12)
    case .lifetime, .rolling, .validity: return nil
    }
  }

  func year(of day: LocalDate) -> Int {
    let (year, month, _) = day.civil
    guard let firstDay else { return (12 * year + month - 1) / months }
    let number = year - firstDay.civil.year
    return start(of: number) > day ? number - 1 : number
  }

  func start(of year: Int) -> LocalDate {
    guard let firstDay else {
      return LocalDate(validYear: months * year / 12, month: months * year % 12 + 1, day: 1)
    }
    return firstDay.adding(months: months * year)
  }
}
