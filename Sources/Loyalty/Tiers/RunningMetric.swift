/// What a window holds on a day: the one place that says what counts when.
extension TierScheme.Window {
  /// Where what was done on a day leaves the window so many months later, as that day begins.
  var rollingMonths: Int? {
    switch self {
    case .rolling(let months), .validity(let months): months
    case .lifetime, .calendarYear, .calendarQuarter, .anniversary: nil
    }
  }
}

extension TierState {
  /// What the member works on: what the window, or the running year, holds on a day that is not before the state's own,
  /// of what is known now.
  func runningMetric(_ scheme: TierScheme, on today: LocalDate) -> Int64 {
    if let months = scheme.window.rollingMonths { return lastMonthsMetric(months, scheme, to: today) }
    guard let years = years(scheme, today: today) else { return total(of: days[...], scheme) }
    return metric(of: years.year(of: today), years, scheme)
  }

  /// Of the months that end with a day.
  func lastMonthsMetric(_ months: Int, _ scheme: TierScheme, to last: LocalDate) -> Int64 {
    let first = days.firstIndex { $0.day.adding(months: months) > last } ?? days.count
    let end = days.lastIndex { $0.day <= last } ?? -1
    return first <= end ? total(of: days[first...end], scheme) : 0
  }

  private func total(of days: ArraySlice<TierDay>, _ scheme: TierScheme) -> Int64 {
    days.reduce(0) { $0.addingBounded($1.amounts[scheme.metric]) }
  }
}
