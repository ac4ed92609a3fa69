/// What a member has sent to others in the running local day and month; the account's clock says which they are.
package struct SentPoints: Equatable, Sendable {
  package var day: LocalDate
  package var inDay: Points
  /// Of the month that `day` lies in.
  package var inMonth: Points

  package init(day: LocalDate = LocalDate(daysSinceEpoch: 0), inDay: Points = 0, inMonth: Points = 0) {
    self.day = day
    self.inDay = inDay
    self.inMonth = inMonth
  }

  /// The same, at a later instant: a new day and a new month begin at nothing.
  func at(_ instant: Instant, in calendar: ZoneCalendar) -> SentPoints {
    let today = calendar.day(of: instant)
    if today == day { return self }
    let (before, now) = (day.civil, today.civil)
    let isSameMonth = before.year == now.year && before.month == now.month
    return SentPoints(day: today, inDay: 0, inMonth: isSameMonth ? inMonth : 0)
  }

  func allows(_ points: Points, under policy: TransferPolicy) -> Bool {
    if let most = policy.pointsPerDay, inDay + points > most { return false }
    if let most = policy.pointsPerMonth, inMonth + points > most { return false }
    return true
  }

  mutating func add(_ points: Points) {
    inDay = inDay.addingBounded(points)
    inMonth = inMonth.addingBounded(points)
  }
}
