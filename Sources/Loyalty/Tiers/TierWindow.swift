/// What the window holds at an instant, and what of it leaves when.
struct TierWindow {
  /// Those of the metric: minor units, points or visits.
  var counted: Int64
  /// When the running year ends; nil: the window has no years.
  var endsAt: Instant?
  /// By the instant at which it leaves, ascending, bounded as ``TierProgress`` tells it.
  var leaves: [(at: Instant, amount: Int64)] = []
}

extension TierState {
  /// The window as it stands at `instant`, which is not before the state's clock.
  func window(at instant: Instant, _ scheme: TierScheme, _ calendar: ZoneCalendar) -> TierWindow {
    let today = calendar.day(of: instant)
    if let years = years(scheme, today: today) {
      let year = years.year(of: today)
      let counted = metric(of: year, years, scheme)
      // Without any activity a member's own years have not begun.
      let isRunning = scheme.window != .anniversary || firstDay != nil
      let end = isRunning ? calendar.start(of: years.start(of: year + 1)) : nil
      var window = TierWindow(counted: counted, endsAt: end)
      if let end, counted != 0 { window.leaves = [(end, counted)] }
      return window
    }
    guard let months = scheme.window.rollingMonths else {
      return TierWindow(counted: runningMetric(scheme, calendar))
    }
    var leaving = LeavingDays(calendar)
    for entry in days {
      let amount = entry.amounts[scheme.metric]
      let day = entry.day.adding(months: months)
      if amount != 0, day > today { leaving.add(amount, on: day) }
    }
    return TierWindow(counted: leaving.sum, leaves: leaving.parts)
  }

  /// The first instant after `instant` at which something leaves; nil: nothing will.
  func nextLeave(after instant: Instant, _ scheme: TierScheme, _ calendar: ZoneCalendar) -> Instant? {
    guard let months = scheme.window.rollingMonths else {
      return window(at: instant, scheme, calendar).leaves.first?.at
    }
    let today = calendar.day(of: instant)
    let next = days.first { $0.amounts[scheme.metric] != 0 && $0.day.adding(months: months) > today }
    return next.map { calendar.start(of: $0.day.adding(months: months)) }
  }

  /// The last instant up to `limit` at which something leaves, after what was told last; nil: nothing does.
  func lastLeave(upTo limit: Instant, _ scheme: TierScheme, _ calendar: ZoneCalendar) -> Instant? {
    guard let months = scheme.window.rollingMonths else {
      return nextLeave(after: toldAsOf, scheme, calendar).flatMap { $0 <= limit ? $0 : nil }
    }
    let today = calendar.day(of: limit)
    let last = days.last { $0.amounts[scheme.metric] != 0 && $0.day.adding(months: months) <= today }
    return last.map { calendar.start(of: $0.day.adding(months: months)) }
  }
}

extension TierScheme.Window {
  /// Whether all that counted at an instant has left by a later one, for statements that do not tell what leaves when.
  package func hasLeft(since instant: Instant, by later: Instant, _ calendar: ZoneCalendar) -> Bool {
    let (day, today) = (calendar.day(of: instant), calendar.day(of: later))
    if let years = TierYears(self, firstDay: day, today: day) { return years.year(of: today) > years.year(of: day) }
    if let months = rollingMonths { return day.adding(months: months) <= today }
    return false
  }
}

/// Gathers what leaves, day by day in order: one part a day, then one a month.
private struct LeavingDays {
  private let calendar: ZoneCalendar
  private var lastDay: LocalDate?
  private(set) var parts: [(at: Instant, amount: Int64)] = []
  private(set) var sum: Int64 = 0

  init(_ calendar: ZoneCalendar) { self.calendar = calendar }

  mutating func add(_ amount: Int64, on day: LocalDate) {
    sum = sum.addingBounded(amount)
    if let lastDay, belongs(day, with: lastDay) {
      parts[parts.count - 1].amount = parts[parts.count - 1].amount.addingBounded(amount)
    } else {
      parts.append((calendar.start(of: day), amount))
      lastDay = day
    }
  }

  private func belongs(_ day: LocalDate, with last: LocalDate) -> Bool {
    guard day != last, parts.count < TierProgress.leavesMax else { return true }
    guard parts.count > TierProgress.instantsMax else { return false }
    let (one, other) = (day.civil, last.civil)
    return one.year == other.year && one.month == other.month
  }
}
