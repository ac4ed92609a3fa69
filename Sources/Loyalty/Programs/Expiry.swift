extension Program {
  /// When points run out.
  package enum Expiry: Equatable, Sendable {
    case never
    /// Calendar months after they were earned.
    case months(Int, at: ExpiryMoment = .exact)
    /// Local days after they were earned.
    case days(Int, at: ExpiryMoment = .exact)
    /// So many local days after the member last earned or redeemed: each such activity postpones all lots.
    case inactivity(days: Int)
  }

  /// At which moment of the day found by counting.
  package enum ExpiryMoment: String, Sendable, CaseIterable {
    /// At the local time of day at which they were earned.
    case exact
    /// At the local midnight that ends the day, or the month or year that the day lies in.
    case dayEnd, monthEnd, yearEnd
  }

  /// When points that a purchase earned at `instant` stop being pending; nil: they never are.
  package func pendingUntil(earnedAt instant: Instant) -> Instant? {
    pendingDays > 0 ? calendar.adding(days: pendingDays, to: instant) : nil
  }

  /// When points earned at `instant` expire; nil: never. Where points expire by inactivity, if nothing follows.
  package func expiresAt(earnedAt instant: Instant) -> Instant? {
    switch expiry {
    case .never: nil
    case .months(let months, let moment): moment.instant(of: calendar.adding(months: months, to: instant), in: calendar)
    case .days(let days, let moment): moment.instant(of: calendar.adding(days: days, to: instant), in: calendar)
    case .inactivity(let days): calendar.adding(days: days, to: instant)
    }
  }

  /// Until when an earning or redeeming activity at `instant` keeps all lots; nil: it keeps none.
  package func keepsLots(untilAfter instant: Instant) -> Instant? {
    guard case .inactivity(let days) = expiry else { return nil }
    return calendar.adding(days: days, to: instant)
  }
}

extension Program.ExpiryMoment {
  fileprivate func instant(of exact: Instant, in calendar: ZoneCalendar) -> Instant {
    if self == .exact { return exact }
    return calendar.start(of: dayAfter(calendar.day(of: exact)))
  }

  /// The day whose start ends the span that `day` lies in.
  private func dayAfter(_ day: LocalDate) -> LocalDate {
    let (year, month, _) = day.civil
    return switch self {
    case .exact, .dayEnd: day.adding(days: 1)
    case .monthEnd: LocalDate(validYear: year, month: month, day: 1).adding(months: 1)
    case .yearEnd: LocalDate(validYear: year + 1, month: 1, day: 1)
    }
  }
}
