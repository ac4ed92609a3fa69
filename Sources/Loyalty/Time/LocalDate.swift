/// A calendar day without a time zone, counted in days since 1970-01-01 of the proleptic Gregorian calendar.
package struct LocalDate: Hashable, Comparable, Sendable {
  package var daysSinceEpoch: Int32

  package init(daysSinceEpoch: Int32) {
    self.daysSinceEpoch = daysSinceEpoch
  }

  /// nil when there is no such day.
  package init?(year: Int, month: Int, day: Int) {
    guard (1...12).contains(month), day >= 1, day <= LocalDate.days(inMonth: month, of: year) else { return nil }
    self.init(validYear: year, month: month, day: day)
  }

  // Days from civil, by Howard Hinnant: the year starts in March, so that the leap day is the last of a year.
  init(validYear year: Int, month: Int, day: Int) {
    let shifted = month <= 2 ? year - 1 : year
    let (era, yearOfEra) = Int64(shifted).flooredDivision(by: 400)
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    let dayOfEra = Int(yearOfEra) * 365 + Int(yearOfEra) / 4 - Int(yearOfEra) / 100 + dayOfYear
    daysSinceEpoch = Int32(Int(era) * 146_097 + dayOfEra - 719_468)
  }

  package var civil: (year: Int, month: Int, day: Int) {
    let (era, dayOfEra64) = (Int64(daysSinceEpoch) + 719_468).flooredDivision(by: 146_097)
    let dayOfEra = Int(dayOfEra64)
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    return (yearOfEra + Int(era) * 400 + (month <= 2 ? 1 : 0), month, day)
  }

  /// Monday is 0. The epoch's day was a Thursday.
  package var weekday: Int { Int((Int64(daysSinceEpoch) + 3).flooredDivision(by: 7).remainder) }

  package func adding(days: Int) -> LocalDate {
    LocalDate(daysSinceEpoch: daysSinceEpoch + Int32(days))
  }

  /// The same day of the month `months` later; the month's last day where it is shorter.
  package func adding(months: Int) -> LocalDate {
    let (year, month, day) = civil
    let (years, monthIndex) = Int64(month - 1 + months).flooredDivision(by: 12)
    let newYear = year + Int(years)
    let newMonth = Int(monthIndex) + 1
    return LocalDate(
      validYear: newYear, month: newMonth, day: min(day, LocalDate.days(inMonth: newMonth, of: newYear)))
  }

  package static func < (left: LocalDate, right: LocalDate) -> Bool {
    left.daysSinceEpoch < right.daysSinceEpoch
  }

  package static func days(inMonth month: Int, of year: Int) -> Int {
    switch month {
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }
}

extension Int64 {
  /// Quotient rounded towards minus infinity and the remainder that goes with it; `divisor` is positive.
  package func flooredDivision(by divisor: Int64) -> (quotient: Int64, remainder: Int64) {
    let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
  }
}
