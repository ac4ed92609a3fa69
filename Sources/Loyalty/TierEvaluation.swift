/// How activity and time move a member between tiers.
extension TierState {
  /// Judges the tier at every instant up to `instant` at which it may fall, and says what changed.
  package mutating func judge(upTo instant: Instant, under program: Program) -> [TierChange] {
    guard let scheme = program.tiers else { return [] }
    var changes: [TierChange] = []
    while let due = nextJudgement, due <= instant {
      clock = max(clock, due)
      prune(scheme, program.calendar)
      let change = judgeOnce(at: due, under: program, scheme)
      if let change { changes.append(change) }
    }
    return changes
  }

  /// nil when nothing changed that anyone could see.
  private mutating func judgeOnce(at due: Instant, under program: Program, _ scheme: TierScheme) -> TierChange? {
    let current = levelIndex(in: scheme)
    let earned = earnedIndex(under: program, scheme)
    let judged = earned < current && scheme.downgrade == .oneLevel ? current - 1 : earned
    let cause = "judgement/" + due.rfc3339
    let reason: TierChange.Reason = judged == current ? .kept : judged > current ? .upgrade : .downgrade
    var change = move(
      to: judged, since: judged == current ? since : due, reason: reason, cause: cause, under: program, scheme)
    nextJudgement = judgement(after: due, under: program, scheme)
    change.until = scheme.until(nextJudgement)
    return reason == .kept && change.until == nil ? nil : change
  }

  /// Counts what a purchase or return brought and says what changed, judgements due before it included. An upgrade holds
  /// from the millisecond after the event on, so the purchase that causes it earns at the old level. A return lowers
  /// the metric but takes no level away before the next judgement.
  package mutating func count(
    _ activity: TierActivity, occurredAt: Instant, cause: String, under program: Program
  ) -> [TierChange] {
    guard let scheme = program.tiers else { return [] }
    var changes = judge(upTo: occurredAt, under: program)
    clock = max(clock, occurredAt)
    add(activity, scheme, program.calendar)
    prune(scheme, program.calendar)
    let current = levelIndex(in: scheme)
    let earned = earnedIndex(under: program, scheme)
    if earned > current {
      var change = move(
        to: earned, since: clock.advanced(byMilliseconds: 1), reason: .upgrade, cause: cause, under: program, scheme)
      nextJudgement = judgementAfterUpgrade(under: program, scheme)
      change.until = scheme.until(nextJudgement)
      changes.append(change)
    } else if case .rolling = scheme.window {
      nextJudgement = judgementOfRollingWindow(after: clock, under: program, scheme)
    }
    return changes
  }

  private mutating func move(
    to index: Int, since instant: Instant, reason: TierChange.Reason, cause: String, under program: Program,
    _ scheme: TierScheme
  ) -> TierChange {
    let previous = level ?? scheme.levels[0].id
    level = scheme.levels[index].id
    since = instant
    return TierChange(
      memberId: memberId, programId: programId, level: scheme.levels[index].id, previous: previous, since: instant,
      until: nil, reason: reason, metric: metricAsDecimal(under: program, scheme), cause: cause)
  }

  private func levelIndex(in scheme: TierScheme) -> Int {
    level.flatMap { scheme.index(of: $0) } ?? 0
  }
}

/// When the level is judged again.
extension TierState {
  private func judgementAfterUpgrade(under program: Program, _ scheme: TierScheme) -> Instant? {
    guard mayFall(scheme) else { return nil }
    switch scheme.window {
    case .lifetime: return nil
    case .calendarYear:
      // Reached by this year's purchases it holds through the next year; by last year's, late to arrive, through this one.
      let year = program.calendar.day(of: clock).civil.year
      let reachedThisYear = scheme.earnedIndex(by: metric(ofYear: year, scheme)) >= levelIndex(in: scheme)
      return startOfYear(year + (reachedThisYear ? 2 : 1), program.calendar)
    case .rolling: return judgementOfRollingWindow(after: clock, under: program, scheme)
    }
  }

  private func judgement(after due: Instant, under program: Program, _ scheme: TierScheme) -> Instant? {
    guard mayFall(scheme) else { return nil }
    switch scheme.window {
    case .lifetime: return nil
    case .calendarYear: return startOfYear(program.calendar.day(of: due).civil.year + 1, program.calendar)
    case .rolling: return judgementOfRollingWindow(after: due, under: program, scheme)
    }
  }

  /// The midnight at which the spend that leaves the window takes the metric below the level. Where it is below already
  /// (after a step down, or a return) the next midnight at which anything leaves, at the latest a window's length after
  /// the step.
  private func judgementOfRollingWindow(
    after instant: Instant, under program: Program, _ scheme: TierScheme
  ) -> Instant? {
    guard mayFall(scheme), case .rolling(let months) = scheme.window else { return nil }
    let threshold = scheme.levels[levelIndex(in: scheme)].from
    var left = days.reduce(0) { $0 + $1.amount(of: scheme.metric) }
    if left < threshold {
      let fallback = program.calendar.adding(months: months, to: instant)
      let firstToLeave = days.first.map { program.calendar.start(of: $0.day.adding(months: months)) } ?? fallback
      let known = nextJudgement.flatMap { $0 > instant ? $0 : nil } ?? fallback
      return min(firstToLeave, fallback, known)
    }
    for day in days {
      left -= day.amount(of: scheme.metric)
      if left < threshold { return program.calendar.start(of: day.day.adding(months: months)) }
    }
    return nil
  }

  private func mayFall(_ scheme: TierScheme) -> Bool {
    scheme.downgrade != .never && levelIndex(in: scheme) > 0
  }

  private func startOfYear(_ year: Int, _ calendar: ZoneCalendar) -> Instant {
    calendar.start(of: LocalDate(validYear: year, month: 1, day: 1))
  }
}

/// The metric.
extension TierState {
  private mutating func add(_ activity: TierActivity, _ scheme: TierScheme, _ calendar: ZoneCalendar) {
    guard activity.spend != 0 || activity.visits != 0 else { return }
    let day = scheme.window == .lifetime ? LocalDate(daysSinceEpoch: 0) : calendar.day(of: activity.purchasedAt)
    var index = days.count
    while index > 0, days[index - 1].day >= day { index -= 1 }
    if index == days.count || days[index].day != day { days.insert(TierDay(day: day), at: index) }
    days[index].spend += activity.spend
    days[index].visits += activity.visits
  }

  /// Forgets days that no judgement will look at again.
  private mutating func prune(_ scheme: TierScheme, _ calendar: ZoneCalendar) {
    guard let first = days.first else { return }
    let today = calendar.day(of: clock)
    switch scheme.window {
    case .lifetime: return
    case .calendarYear:
      let year = today.civil.year
      guard first.day.civil.year < year - 1 else { return }
      days.removeAll { $0.day.civil.year < year - 1 }
    case .rolling(let months):
      let kept = days.firstIndex { $0.day.adding(months: months) > today } ?? days.count
      if kept > 0 { days.removeFirst(kept) }
    }
  }

  /// The level that the window's activity reaches at the state's clock.
  private func earnedIndex(under program: Program, _ scheme: TierScheme) -> Int {
    guard scheme.window == .calendarYear else {
      return scheme.earnedIndex(by: days.reduce(0) { $0 + $1.amount(of: scheme.metric) })
    }
    // What was reached last year is held this year.
    let year = program.calendar.day(of: clock).civil.year
    return scheme.earnedIndex(by: max(metric(ofYear: year, scheme), metric(ofYear: year - 1, scheme)))
  }

  private func metric(ofYear year: Int, _ scheme: TierScheme) -> Int64 {
    days.reduce(0) { $1.day.civil.year == year ? $0 + $1.amount(of: scheme.metric) : $0 }
  }

  private func metricAsDecimal(under program: Program, _ scheme: TierScheme) -> ExactDecimal {
    var amount = days.reduce(0) { $0 + $1.amount(of: scheme.metric) }
    if scheme.window == .calendarYear {
      let year = program.calendar.day(of: clock).civil.year
      amount = max(metric(ofYear: year, scheme), metric(ofYear: year - 1, scheme))
    }
    guard scheme.metric == .spend, let currency = program.currencies.first else { return ExactDecimal(amount) }
    return ExactDecimal(minorUnits: amount, exponent: currency.exponent)
  }
}

extension TierScheme {
  /// Each purchase moves the next judgement of a rolling window, so it is no end to tell a member.
  fileprivate func until(_ nextJudgement: Instant?) -> Instant? {
    if case .rolling = window { nil } else { nextJudgement }
  }

  /// A level is reached when the metric is equal to or above its threshold.
  package func earnedIndex(by metric: Int64) -> Int {
    levels.lastIndex { $0.from <= metric } ?? 0
  }
}

extension TierDay {
  fileprivate func amount(of metric: TierScheme.Metric) -> Int64 {
    metric == .spend ? spend : visits
  }
}
