/// What of an account's past decides what its next purchase earns: a part of the statement, so that whoever reads it
/// can rate a purchase that is not booked, as the engine would.
///
/// The last ``daysTold`` days are told whole. The account remembers more, for what comes later than that; in a
/// statement, which is written with every change, it would be most of the text. Of an account whose programmes count by
/// very many rules fewer days are told, or none.
package struct EarningPast: Equatable, Sendable {
  /// What occurred before cannot be rated by this; nil: nothing is left out.
  package var since: Instant?
  /// Levels held, by the instant they hold from, ascending; before the first of them the programme's first level.
  package var levels: [TierStep]
  /// How much was counted and how often awards were given. Which purchases hold these, only a return would ask.
  package var counters: EarningCounters

  package static let daysTold = 31

  package init(since: Instant? = nil, levels: [TierStep] = [], counters: EarningCounters = EarningCounters()) {
    self.since = since
    self.levels = levels
    self.counters = counters
  }

  init(of account: Account) {
    self.init(levels: account.tierHistory, counters: account.counters)
    leaveOut(before: account.clock, days: Self.daysTold)
    counters.leaveOutPurchases()
  }

  /// Leaves out what lies more than so many days before `clock`.
  mutating func leaveOut(before clock: Instant, days: Int) {
    let instant = clock.advanced(byMilliseconds: -Int64(days) * Instant.dayMs)
    if clock > .distantPast, leaveOut(before: instant) { since = instant }
  }

  /// The level held at `instant`; nil: the programme's first.
  package func level(at instant: Instant) -> String? {
    levels.last { $0.since <= instant }?.level
  }

  /// Leaves out what nothing that occurred at `instant` or later asks for, and says whether there was any.
  private mutating func leaveOut(before instant: Instant) -> Bool {
    var isAny = counters.leaveOut(before: instant.earliestDay)
    if let held = levels.lastIndex(where: { $0.since <= instant }), held > 0 {
      levels.removeSubrange(..<held)
      isAny = true
    }
    return isAny
  }
}

extension Instant {
  /// The day it lies on where the day begins last: no time zone is more than a day behind UTC.
  fileprivate var earliestDay: LocalDate {
    LocalDate(daysSinceEpoch: Int32(milliseconds.flooredDivision(by: Self.dayMs).quotient) - 1)
  }
}

extension EarningCounters {
  /// Of each sum, what lies before the period of `day`.
  mutating func leaveOut(before day: LocalDate) -> Bool {
    var isAny = leaveOutThresholds(before: day)
    for index in visits.indices where visits[index].leaveOut(before: day) { isAny = true }
    for index in points.indices where points[index].leaveOut(before: day) { isAny = true }
    for index in times.indices where times[index].leaveOut(before: day) { isAny = true }
    return isAny
  }

  /// The period that `day` lies in is the last of its rule that began by then.
  private mutating func leaveOutThresholds(before day: LocalDate) -> Bool {
    guard thresholds.count > 1 else { return false }
    var running: [String: LocalDate] = [:]
    for period in thresholds where period.start <= day {
      running[period.rule] = max(running[period.rule] ?? period.start, period.start)
    }
    let before = thresholds.count
    thresholds.removeAll { period in running[period.rule].map { period.start < $0 } ?? false }
    return thresholds.count < before
  }

  fileprivate mutating func leaveOutPurchases() {
    for index in visits.indices {
      visits[index].days = visits[index].days.map { VisitDay(day: $0.day, purchases: 1) }
    }
    for index in thresholds.indices {
      let times = thresholds[index].timesHeld
      thresholds[index].holders = times == 0 ? [] : [.init(lotId: "", times: times)]
    }
  }
}

extension VisitProgress {
  fileprivate mutating func leaveOut(before day: LocalDate) -> Bool {
    guard let first = days.first, first.day < day else { return false }
    days.removeAll { $0.day < day }
    return true
  }
}

extension PeriodSeries {
  fileprivate mutating func leaveOut(before day: LocalDate) -> Bool {
    guard let running = amounts.lastIndex(where: { $0.start <= day }), running > 0 else { return false }
    amounts = Array(amounts[running...])
    return true
  }
}
