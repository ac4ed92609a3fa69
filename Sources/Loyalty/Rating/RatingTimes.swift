/// Limits by number: how often something was awarded, and how often it still may be.
///
/// Purchases that come back whole give their counts back. So whether a count was full depends on what had come back by
/// then, and something that is rated again keeps what was decided when it was booked, unless a tier may decide it.
extension Program {
  /// Cuts what one rule gives by its limits by number; says how many awards are left of it.
  func limitTimes(
    _ line: inout AwardLine, by rule: EarningRule, on day: LocalDate, kept: [AwardCount]?, _ counters: EarningCounters
  ) -> Int64 {
    let wanted = max(1, line.award.times)
    guard line.award.points > 0 else { return 0 }
    let (room, cap) = counters.room(underTimes: rule.times, scope: rule.id, on: day, ofRule: true, kept: kept)
    guard room < wanted else { return wanted }
    var points = Points.zero
    if room > 0, case .threshold(let threshold) = rule.kind { points = bonus(threshold, times: room) }
    line.award.points = points
    line.award.asked = points
    line.capped = cap
    return room
  }

  /// Cuts an award to nothing where as many purchases and activities as may have earned; else counts this one.
  func limitProgramTimes(
    on day: LocalDate, kept: [AwardCount]?, _ counters: inout EarningCounters, _ award: inout Award
  ) {
    guard award.lines.contains(where: { $0.award.part.isBase && $0.award.asked > 0 }) else { return }
    let scope = EarningCounters.programScope
    let (room, cap) = counters.room(underTimes: times, scope: scope, on: day, ofRule: false, kept: kept)
    guard room == 0 else { return award.count(1, of: scope, under: times, on: day, kept: kept, &counters) }
    for index in award.lines.indices {
      if award.lines[index].award.points > 0 { award.lines[index].capped = cap }
      award.lines[index].award.points = 0
    }
  }

  /// The limits by number of a rule, of a multiplier, or of the programme itself.
  fileprivate func times(of scope: String) -> TimesLimits? {
    if scope == EarningCounters.programScope { return times }
    return earning.first { $0.id == scope }?.times ?? multipliers.first { $0.id == scope }?.times
  }
}

extension Award {
  /// Notes what an award counts against limits by number; what is kept of an earlier rating stands in the counters.
  mutating func count(
    _ times: Int64, of scope: String, under limits: TimesLimits, on day: LocalDate, kept: [AwardCount]?,
    _ counters: inout EarningCounters
  ) {
    counts.append(AwardCount(scope: scope, times: times))
    if kept == nil { counters.count(times: times, under: limits, scope: scope, on: day) }
  }
}

extension EarningCounters {
  /// How often may still be awarded, and which limit says so.
  ///
  /// - Parameter kept: what was decided before: so much and no more.
  func room(underTimes limits: TimesLimits, scope: String, on day: LocalDate, ofRule: Bool, kept: [AwardCount]?)
    -> (Int64, Cap)
  {
    var room = limits.perTransaction ?? .max
    var cap = Cap(timesPer: nil, ofRule: ofRule)
    for limit in limits.perPeriod {
      let given = EarningCounters.total(of: scope, limit.period, from: limit.period.start(of: day), in: times)
      let left = max(0, limit.times - given)
      if left < room {
        room = left
        cap = Cap(timesPer: limit.period, ofRule: ofRule)
      }
    }
    guard let kept else { return (room, cap) }
    return (kept.first { $0.scope == scope }?.times ?? 0, cap)
  }

  mutating func count(times amount: Int64, under limits: TimesLimits, scope: String, on day: LocalDate) {
    for limit in limits.perPeriod {
      EarningCounters.add(amount, to: scope, limit.period, from: limit.period.start(of: day), in: &times)
    }
  }

  /// Gives back what a purchase or activity counts; a period that has been forgotten stays so.
  mutating func giveBack(_ counts: [AwardCount], on day: LocalDate, under program: Program) {
    for count in counts {
      for limit in program.times(of: count.scope)?.perPeriod ?? [] {
        let start = limit.period.start(of: day)
        let held = EarningCounters.total(of: count.scope, limit.period, from: start, in: times)
        guard held > 0 else { continue }
        EarningCounters.add(-min(held, count.times), to: count.scope, limit.period, from: start, in: &times)
      }
    }
  }
}
