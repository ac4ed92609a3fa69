/// Levels that are valid so many months from the day they were reached.
///
/// A level is reached by what was done in the last so many months, as under a rolling window, and valid through the
/// same day of the month so many months later. Then it is judged by what was done in that span, the day it was reached
/// on left out: that day has served. The next span begins where the last ended. A level above begins one of its own.
extension TierState {
  /// What holds the level beside what the window holds: through its last day what it was reached by, then what was done
  /// while it was valid. nil: nothing, as for a level that was never reached.
  func validityMetric(_ months: Int, _ scheme: TierScheme, on today: LocalDate) -> Int64? {
    guard let validFrom else { return nil }
    let lastDay = validFrom.adding(months: months)
    if today <= lastDay { return lastMonthsMetric(months, scheme, to: validFrom) }
    guard today <= lastDay.adding(days: 1 + scheme.graceDays) else { return nil }
    return days.reduce(0) { sum, entry in
      entry.day > validFrom && entry.day <= lastDay ? sum.addingBounded(entry.amounts[scheme.metric]) : sum
    }
  }

  /// Once a level was reached: it is valid from today where what the window holds today reaches it. What became known
  /// late, or came back, leaves a level to the span that holds it.
  mutating func beginValidity(_ scheme: TierScheme, _ calendar: ZoneCalendar) {
    guard case .validity = scheme.window else {
      validFrom = nil
      return
    }
    let today = calendar.day(of: clock)
    let level = levelIndex(in: scheme)
    if level == 0 {
      validFrom = nil
    } else if validFrom == nil || scheme.earnedIndex(by: runningMetric(scheme, on: today)) >= level {
      validFrom = today
    }
  }

  /// Once the level was judged because its span had ended.
  mutating func renewValidity(_ scheme: TierScheme, _ calendar: ZoneCalendar) {
    guard case .validity(let months) = scheme.window else { return }
    guard levelIndex(in: scheme) > 0, let ended = validFrom?.adding(months: months) else {
      beginValidity(scheme, calendar)
      return
    }
    validFrom = ended
  }

  /// When a fall at the span's end takes effect.
  func endOfValidity(_ months: Int, _ scheme: TierScheme, _ calendar: ZoneCalendar) -> Instant {
    let from = validFrom ?? calendar.day(of: clock)
    return calendar.start(of: from.adding(months: months).adding(days: 1 + scheme.graceDays))
  }
}
