/// What an account need not remember for ever, so that its row does not grow with the member's years.
extension Account {
  /// More tier levels than this are not remembered, however young they are.
  package static let tierStepsMax = 200

  /// Forgets what only things that occurred before `instant` could ask for: levels held, periods of limits and bonuses,
  /// and what rules counted that stand in none of `versions`, those in force since. What occurred before and becomes
  /// known all the same is rated at the oldest level remembered, and finds its periods empty.
  package mutating func forget(before instant: Instant, under versions: [Program]) {
    if let held = tierHistory.lastIndex(where: { $0.since <= instant }) { forgetTierSteps(held) }
    guard let calendar = versions.last?.calendar else { return }
    counters.forget(
      before: calendar.day(of: instant),
      rulesOtherThan: Set(versions.flatMap { $0.earning.map(\.id) + $0.multipliers.map(\.id) }))
  }

  /// Forgets the first `count` steps but for the last level among them, which is taken to have been held before.
  mutating func forgetTierSteps(_ count: Int) {
    guard count > 0, tierHistory[count - 1].since != .distantPast || count > 1 else { return }
    let before = TierStep(level: tierHistory[count - 1].level, since: .distantPast)
    tierHistory.replaceSubrange(..<count, with: [before])
  }
}

extension EarningCounters {
  fileprivate mutating func forget(before day: LocalDate, rulesOtherThan rules: Set<String>) {
    func isKept(_ scope: String) -> Bool { scope == EarningCounters.programScope || rules.contains(scope) }
    visits.removeAll { !rules.contains($0.rule) }
    for index in visits.indices { visits[index].days.removeAll { $0.day < day } }
    points.removeAll { !isKept($0.scope) }
    times.removeAll { !isKept($0.scope) }
    for index in points.indices { points[index].forget(before: day) }
    for index in times.indices { times[index].forget(before: day) }
    thresholds.removeAll { period in
      !rules.contains(period.rule) || period.start.adding(days: EarningCounters.daysRemembered) < day
    }
  }
}

extension PeriodSeries {
  fileprivate mutating func forget(before day: LocalDate) {
    let first = period.start(of: day)
    amounts.removeAll { $0.start < first }
  }
}
