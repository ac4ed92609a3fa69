/// What has been achieved, and what is kept of it.
extension TierState {
  mutating func add(_ activity: TierActivity, _ scheme: TierScheme, _ calendar: ZoneCalendar) {
    guard !activity.amounts.isZero else { return }
    let purchaseDay = calendar.day(of: activity.purchasedAt)
    noteFirstDay(purchaseDay, today: calendar.day(of: clock))
    let day = scheme.window == .lifetime ? LocalDate(daysSinceEpoch: 0) : purchaseDay
    var index = days.count
    while index > 0, days[index - 1].day >= day { index -= 1 }
    if index == days.count || days[index].day != day { days.insert(TierDay(day: day), at: index) }
    days[index].amounts += activity.amounts
    guard days.count > Self.daysMax else { return }
    days[1].amounts += days[0].amounts
    days.removeFirst()
  }

  /// A purchase that arrives late may show that the member's years began earlier; what a whole year was told by stays.
  private mutating func noteFirstDay(_ day: LocalDate, today: LocalDate) {
    guard let known = firstDay else {
      firstDay = day
      return
    }
    if day < known, today < known.adding(months: 12) { firstDay = day }
  }

  /// Forgets days that no judgement will look at again.
  mutating func prune(_ scheme: TierScheme, _ calendar: ZoneCalendar) {
    guard let first = days.first else { return }
    let today = calendar.day(of: clock)
    switch scheme.window {
    case .lifetime: return
    case .calendarYear, .calendarQuarter, .anniversary:
      guard let years = years(scheme, today: today) else { return }
      let oldest = years.start(of: years.year(of: today) - 1)
      guard first.day < oldest else { return }
      days.removeAll { $0.day < oldest }
    case .rolling(let months): forgetDays(months, before: today)
    case .validity(let months): forgetDays(months, before: validFrom ?? today)
    }
  }

  private mutating func forgetDays(_ months: Int, before today: LocalDate) {
    let kept = days.firstIndex { $0.day.adding(months: months) > today } ?? days.count
    if kept > 0 { days.removeFirst(kept) }
  }

  func years(_ scheme: TierScheme, today: LocalDate) -> TierYears? {
    TierYears(scheme.window, firstDay: firstDay, today: today)
  }

  /// What the level is judged by at the state's clock. What was reached in a year is held in the next: there it is the
  /// better of the two. So it is where levels are valid for some months.
  func judgedMetric(_ scheme: TierScheme, _ calendar: ZoneCalendar) -> Int64 {
    let today = calendar.day(of: clock)
    guard let years = years(scheme, today: today) else {
      let running = runningMetric(scheme, on: today)
      guard case .validity(let months) = scheme.window else { return running }
      return max(running, validityMetric(months, scheme, on: today) ?? running)
    }
    let year = years.year(of: today)
    return max(metric(of: year, years, scheme), metric(of: year - 1, years, scheme))
  }

  /// What the member works on at the state's clock.
  func runningMetric(_ scheme: TierScheme, _ calendar: ZoneCalendar) -> Int64 {
    runningMetric(scheme, on: calendar.day(of: clock))
  }

  func metric(of year: Int, _ years: TierYears, _ scheme: TierScheme) -> Int64 {
    let (start, end) = (years.start(of: year), years.start(of: year + 1))
    return days.reduce(0) { sum, entry in
      entry.day >= start && entry.day < end ? sum.addingBounded(entry.amounts[scheme.metric]) : sum
    }
  }

  func levelIndex(in scheme: TierScheme) -> Int {
    level.flatMap { scheme.index(of: $0) } ?? 0
  }
}

extension TierScheme {
  /// A level is reached when the metric is equal to or above its threshold.
  package func earnedIndex(by metric: Int64) -> Int {
    levels.lastIndex { $0.from <= metric } ?? 0
  }

  /// The way from a level to the one above; nil: there is none.
  func next(after index: Int, running metric: Int64, _ program: Program) -> NextTier? {
    guard index + 1 < levels.count else { return nil }
    let above = levels[index + 1]
    return NextTier(
      level: above.id, from: decimal(above.from, program), missing: decimal(max(0, above.from - metric), program))
  }

  /// An amount of the metric in the unit that people know.
  package func decimal(_ amount: Int64, _ program: Program) -> ExactDecimal {
    ExactDecimal(minorUnits: amount, exponent: decimals(program))
  }

  /// And back; 0 where it has more decimals than the metric, or is too large.
  package func amount(_ decimal: ExactDecimal, _ program: Program) -> Int64 {
    decimal.minorUnits(exponent: decimals(program)) ?? 0
  }

  private func decimals(_ program: Program) -> UInt8 {
    switch metric {
    case .spend: program.currencies.first?.exponent ?? 0
    case .activities: ActivityMeasure.decimals
    case .points, .basePoints, .visits: 0
    }
  }
}
