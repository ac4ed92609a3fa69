/// What activities earn.
extension Program {
  /// Whether a rule of this version is about activities of that name.
  package func hasRules(for activity: Activity) -> Bool {
    plan.activities.contains { $0.isAbout(activity.name) }
  }

  /// What the activity would be awarded now; nothing is changed. See ``rate(_:member:counters:rooms:)``.
  package func rate(
    _ activity: Activity, member: MemberFacts = MemberFacts(), counters: EarningCounters = EarningCounters(),
    rooms: CampaignRooms = CampaignRooms()
  ) -> Award {
    var counters = counters
    var rooms = rooms
    return rate(activity, member, counters: &counters, rooms: &rooms)
  }

  func rate(
    _ activity: Activity, _ member: MemberFacts, counters: inout EarningCounters, rooms: inout CampaignRooms
  ) -> Award {
    rate(
      ActivityFacts(of: activity, under: self, traits: member.traits), level: member.level, counters: &counters,
      rooms: &rooms)
  }

  func rate(
    _ facts: ActivityFacts, level: String?, counters: inout EarningCounters, rooms: inout CampaignRooms
  ) -> Award {
    let level = heldLevel(level)
    let matching = plan.activities.filter {
      $0.isAbout(facts.name) && $0.isInForce(at: facts.occurredAt)
        && $0.condition.holds(forPurchase: facts.bits, level: level)
    }
    var award = Award()
    for rule in winners(of: matching) {
      guard var line = line(rule, facts, &counters, &award) else { continue }
      let isCounted = plan.hasTimes && !rule.rule.times.isEmpty
      if isCounted { _ = limitTimes(&line, by: rule.rule, on: facts.day, kept: facts.keptCounts, counters) }
      if !rule.rule.limits.isEmpty { limit(&line, by: rule.rule, on: facts.day, &counters) }
      if isCounted, line.award.asked > 0 {
        award.count(1, of: rule.rule.id, under: rule.rule.times, on: facts.day, kept: facts.keptCounts, &counters)
      }
      if rule.condition.isAboutTiers { line.tier = level }
      if line.award.asked > 0 || line.capped != nil { award.lines.append(line) }
    }
    if !times.isEmpty { limitProgramTimes(on: facts.day, kept: facts.keptCounts, &counters, &award) }
    if !limits.isEmpty { applyLimits(on: facts.day, &counters, &award) }
    if plan.hasCampaigns { applyBudgets(&rooms, &award) }
    return award
  }

  private func winners(of matching: [RatingPlan.Rule]) -> ArraySlice<RatingPlan.Rule> {
    let exclusive = matching.indices.filter { matching[$0].rule.isExclusive }
    let best = exclusive.max { left, right in
      let (left, right) = (matching[left].rule.priority, matching[right].rule.priority)
      return left < right
    }
    if let best {
      // Of equal priorities the first in the document.
      let first = exclusive.first { matching[$0].rule.priority == matching[best].rule.priority } ?? best
      return matching[first...first]
    }
    guard let last = matching.firstIndex(where: { $0.rule.isLast }) else { return matching[...] }
    return matching[...last]
  }

  /// nil where the rule gives nothing: its times are used up, or the attribute is not there or no number.
  private func line(
    _ rule: RatingPlan.Rule, _ facts: ActivityFacts, _ counters: inout EarningCounters, _ given: inout Award
  ) -> AwardLine? {
    guard case .activity(let award) = rule.rule.kind else { return nil }
    var times: Int64 = 0
    let start = award.limit?.per.start(of: facts.day)
    if let limit = award.limit, let start {
      times = EarningCounters.total(of: rule.rule.id, limit.per, from: start, in: counters.times)
      guard times < Int64(limit.times) else { return nil }
    }
    let line: AwardLine
    switch award.worth {
    case .points(let points): line = AwardLine(rule, points, .count(times + 1))
    case .formula(let attribute, let factor, let plus):
      guard let value = facts.numbers[attribute] else { return nil }
      line = AwardLine(rule, bounded(rounded(factor, times: value, plus: plus)), .value(value))
    }
    if let limit = award.limit, let start {
      EarningCounters.add(1, to: rule.rule.id, limit.per, from: start, in: &counters.times)
      given.timesRules.append(rule.rule.id)
    }
    return line
  }

  /// `round(factor × value + plus)`. The document bounds factor and plus to 6 decimals and 10^9, a value has 64 bits
  /// and 18 decimals at most, so all of it fits 128 bits.
  private func rounded(_ factor: ExactDecimal, times value: ExactDecimal, plus: ExactDecimal) -> Int128 {
    let scale = max(factor.scale + value.scale, plus.scale)
    let product = Int128(factor.significand) * Int128(value.significand)
    let sum =
      product * power(scale - factor.scale - value.scale) + Int128(plus.significand) * power(scale - plus.scale)
    return rounding.divide(sum, by: power(scale))
  }

  private func power(_ exponent: UInt8) -> Int128 {
    let half = exponent / 2
    return Int128(powerOfTen(half)) * Int128(powerOfTen(exponent - half))
  }
}

extension RatingPlan.Rule {
  func isAbout(_ activity: String) -> Bool {
    guard case .activity(let award) = rule.kind else { return false }
    return award.activity == activity
  }
}

/// What rating looks at of an activity: gathered when it is booked, or from the record of one that is rated again.
struct ActivityFacts {
  var name: String
  var numbers: [String: ExactDecimal]
  var occurredAt: Instant
  /// The local day it occurred on.
  var day: LocalDate
  var bits: ConditionBits
  /// What it counted against limits by number when it was booked, where that stands; nil: it is counted now.
  var keptCounts: [AwardCount]?

  init(of activity: Activity, under program: Program, traits: MemberTraits?) {
    name = activity.name
    numbers = activity.numbers
    occurredAt = activity.occurredAt
    let (day, timeOfDayMs) = program.calendar.dayAndTime(of: activity.occurredAt)
    self.day = day
    bits = program.plan.table.bits(
      of: Occasion(
        occurredAt: activity.occurredAt, day: day, timeOfDayMs: timeOfDayMs, traits: traits, calendar: program.calendar)
    )
  }

  init(of record: ActivityRecord, under program: Program) {
    name = record.name
    numbers = record.numbers
    occurredAt = record.occurredAt
    day = program.calendar.day(of: record.occurredAt)
    bits = record.answers?.purchase ?? .none
    if program.hasTimes, program.keepsCounts { keptCounts = record.counts }
  }

  func answers(under program: Program) -> ConditionAnswers {
    ConditionAnswers(fingerprint: program.plan.fingerprint, purchase: bits, lines: [])
  }
}
