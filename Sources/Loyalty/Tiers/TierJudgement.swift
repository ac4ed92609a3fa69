/// When the level is judged again.
extension TierState {
  /// After the member reached a level: by this year's activity it holds through the next year; by last year's, late to
  /// arrive, through this one.
  func judgementAfterUpgrade(under program: Program, _ scheme: TierScheme) -> Instant? {
    guard mayFall(scheme) else { return nil }
    let today = program.calendar.day(of: clock)
    guard let years = years(scheme, today: today) else {
      return judgementWithoutYears(under: program, scheme)
    }
    let year = years.year(of: today)
    let reachedThisYear = scheme.earnedIndex(by: metric(of: year, years, scheme)) >= levelIndex(in: scheme)
    return end(of: reachedThisYear ? year + 1 : year, years, scheme, program.calendar)
  }

  /// After a judgement, at the state's clock.
  func judgementAfterJudgement(under program: Program, _ scheme: TierScheme) -> Instant? {
    guard mayFall(scheme) else { return nil }
    let today = program.calendar.day(of: clock)
    guard let years = years(scheme, today: today) else {
      return judgementWithoutYears(under: program, scheme)
    }
    return end(of: years.year(of: today), years, scheme, program.calendar)
  }

  private func judgementWithoutYears(under program: Program, _ scheme: TierScheme) -> Instant? {
    guard case .validity(let months) = scheme.window else {
      return judgementOfRollingWindow(after: clock, under: program, scheme)
    }
    return endOfValidity(months, scheme, program.calendar)
  }

  /// When a fall at a year's end takes effect.
  private func end(of year: Int, _ years: TierYears, _ scheme: TierScheme, _ calendar: ZoneCalendar) -> Instant {
    calendar.start(of: years.start(of: year + 1).adding(days: scheme.graceDays))
  }

  /// The midnight at which the spend that leaves the window takes the metric below the level, and the days of grace
  /// after it. Where it is below already (after a step down, or a return) the next midnight at which anything leaves,
  /// at the latest a window's length after the step.
  func judgementOfRollingWindow(after instant: Instant, under program: Program, _ scheme: TierScheme) -> Instant? {
    guard mayFall(scheme), case .rolling(let months) = scheme.window else { return nil }
    let calendar = program.calendar
    let threshold = scheme.levels[levelIndex(in: scheme)].from
    var left = runningMetric(scheme, calendar)
    func leaves(_ day: TierDay) -> Instant {
      calendar.start(of: day.day.adding(months: months).adding(days: scheme.graceDays))
    }
    if left < threshold {
      let fallback = calendar.adding(months: months, to: instant)
      let known = nextJudgement.flatMap { $0 > instant ? $0 : nil } ?? fallback
      return min(days.first.map(leaves) ?? fallback, fallback, known)
    }
    for day in days {
      left -= day.amounts[scheme.metric]
      if left < threshold { return leaves(day) }
    }
    return nil
  }

  private func mayFall(_ scheme: TierScheme) -> Bool {
    scheme.downgrade != .never && levelIndex(in: scheme) > 0
  }
}
