extension Program {
  /// When points run out.
  package enum Expiry: Equatable, Sendable {
    case never
    /// Calendar months after they were earned.
    case months(Int, at: ExpiryMoment = .exact)
    /// Local days after they were earned.
    case days(Int, at: ExpiryMoment = .exact)
    /// At the end of a day of the year: of the first one that lies so many whole years after the day they were earned
    /// on, or later. 29 February is the 28th in other years.
    case date(month: Int, day: Int, years: Int)
    /// So long after the member last earned or redeemed: each such activity postpones all lots.
    case inactivity(IdleSpan)
    /// As the first of several says; one of them at most is by inactivity.
    case first([Expiry])

    package static func inactivity(days: Int) -> Expiry { .inactivity(.days(days)) }
  }

  /// How long an account may lie idle, in local days or calendar months.
  package enum IdleSpan: Equatable, Sendable {
    case days(Int)
    case months(Int)

    func end(from instant: Instant, in calendar: ZoneCalendar) -> Instant {
      switch self {
      case .days(let days): calendar.adding(days: days, to: instant)
      case .months(let months): calendar.adding(months: months, to: instant)
      }
    }
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
    expiry.end(earnedAt: instant, in: calendar)
  }

  /// When points earned at `instant` expire however active the member is; nil: nothing but inactivity ends them, or
  /// no activity postpones them.
  package func latestExpiry(earnedAt instant: Instant) -> Instant? {
    guard case .first(let rules) = expiry, expiry.idleSpan != nil else { return nil }
    return rules.lazy.filter { $0.idleSpan == nil }.compactMap { $0.end(earnedAt: instant, in: calendar) }.min()
  }

  /// Until when an earning or redeeming activity at `instant` keeps all lots; nil: it keeps none.
  package func keepsLots(untilAfter instant: Instant) -> Instant? {
    expiry.idleSpan?.end(from: instant, in: calendar)
  }
}

extension Program.Expiry {
  /// nil: activity postpones nothing.
  fileprivate var idleSpan: Program.IdleSpan? {
    switch self {
    case .inactivity(let span): span
    case .first(let rules): rules.lazy.compactMap(\.idleSpan).first
    case .never, .months, .days, .date: nil
    }
  }

  fileprivate func end(earnedAt instant: Instant, in calendar: ZoneCalendar) -> Instant? {
    switch self {
    case .never: nil
    case .months(let months, let moment): moment.instant(of: calendar.adding(months: months, to: instant), in: calendar)
    case .days(let days, let moment): moment.instant(of: calendar.adding(days: days, to: instant), in: calendar)
    case .date(let month, let day, let years):
      calendar.start(
        of: calendar.day(of: instant).adding(months: 12 * years).next(month: month, day: day).adding(days: 1))
    case .inactivity(let span): span.end(from: instant, in: calendar)
    case .first(let rules): rules.lazy.compactMap { $0.end(earnedAt: instant, in: calendar) }.min()
    }
  }
}

extension LocalDate {
  /// The first such day of a year that is this one or later.
  fileprivate func next(month: Int, day: Int) -> LocalDate {
    let year = civil.year
    let own = LocalDate(month: month, day: day, of: year)
    return own >= self ? own : LocalDate(month: month, day: day, of: year + 1)
  }

  /// The month's last day where it is shorter.
  private init(month: Int, day: Int, of year: Int) {
    self.init(validYear: year, month: month, day: min(day, LocalDate.days(inMonth: month, of: year)))
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
