/// Rating purchases and activities again after a tier change that became known late, as if the tier had been known.
///
/// Where one award bears on the next, through limits, counted times or counted bonuses, all booked since the first one
/// concerned are rated again in the order they were booked, from the counters as they stood before it.
struct RatingAgain {
  enum Item {
    case purchase(Int)
    case activity(Int)
  }

  /// The records to rate again and the versions that rated them, in order.
  private(set) var order: [(item: Item, program: Program)] = []
  private let isChained: Bool

  /// When something was booked: after so many purchases, and after so many entries.
  private struct Place: Comparable {
    var purchases: Int64
    var entries: Int64
    var lotId: String

    static func < (left: Place, right: Place) -> Bool {
      (left.purchases, left.entries, left.lotId) < (right.purchases, right.entries, right.lotId)
    }
  }

  /// - Parameters:
  ///   - since: from when the level is held, up to the next, `end`.
  ///   - version: finds the programme's version by its number.
  init(_ records: RatedRecords, from since: Instant, until end: Instant?, version: (Int) -> Program?) {
    var all: [(item: Item, program: Program, place: Place, isConcerned: Bool)] = []
    func isConcerned(_ instant: Instant) -> Bool { instant >= since && (end.map { instant < $0 } ?? true) }
    for (index, record) in records.purchases.enumerated() {
      guard let program = version(record.programVersion), record.canBeRatedAgain(under: program) else { continue }
      let place = Place(purchases: record.number, entries: -1, lotId: record.lotId)
      all.append((.purchase(index), program, place, isConcerned(record.occurredAt)))
    }
    for (index, record) in records.activities.enumerated() {
      guard let program = version(record.programVersion), record.canBeRatedAgain(under: program) else { continue }
      let place = Place(purchases: record.afterPurchases, entries: record.afterEntries, lotId: record.lotId)
      all.append((.activity(index), program, place, isConcerned(record.occurredAt)))
    }
    let concerned = all.filter(\.isConcerned)
    isChained = concerned.contains { $0.program.chainsAwards }
    let first = concerned.map(\.place).min()
    let chosen = isChained ? all.filter { entry in first.map { entry.place >= $0 } ?? false } : concerned
    order = chosen.sorted { $0.place < $1.place }.map { ($0.item, $0.program) }
  }

  /// Takes what these count off the counters.
  func unwind(_ counters: inout EarningCounters, _ records: RatedRecords) {
    guard isChained else { return }
    for (item, program) in order.reversed() where program.asksForAnswersAgain {
      switch item {
      case .purchase(let index): counters.forget(records.purchases[index], under: program)
      case .activity(let index): counters.forget(records.activities[index], under: program)
      }
    }
  }

  /// What the activity is awarded at `level`.
  func rate(_ record: ActivityRecord, under program: Program, level: String?, counters: inout EarningCounters) -> Award
  {
    // What a budget must give is asked of it afterwards.
    var rooms = CampaignRooms.unlimited
    return program.rate(ActivityFacts(of: record, under: program), level: level, counters: &counters, rooms: &rooms)
  }

  /// What the purchase is awarded at `level`; nil where that is what it has.
  func rate(
    _ record: PurchaseRecord, under program: Program, level: String?, counters: inout EarningCounters
  ) -> Award? {
    // A version that never asks again keeps no answers, whatever the versions around it do.
    guard program.asksForAnswersAgain else { return factorAlone(record, program, level) }
    var facts = RatingFacts(of: record, under: program)
    facts.isVisit = record.spend.isVisit
    // What has come back whole has given its counts back, and is judged as it was.
    if program.hasTimes, program.keepsCounts || !record.spend.isVisit { facts.keptCounts = record.counts }
    let keepsBonuses = !program.plan.bonusesDependOnTier || !record.spend.isVisit
    // What a budget must give is asked of it afterwards.
    var rooms = CampaignRooms.unlimited
    var unused = EarningCounters()
    if isChained {
      return program.rate(
        facts, level: level, counters: &counters, rooms: &rooms, bonuses: keepsBonuses ? record : nil)
    }
    return program.rate(facts, level: level, counters: &unused, rooms: &rooms, bonuses: record)
  }

  /// In a programme where the tier does nothing but multiply, the base points tell all.
  private func factorAlone(_ record: PurchaseRecord, _ program: Program, _ level: String?) -> Award? {
    let level = program.heldLevel(level)
    let base = record.basePoints
    let points = program.factorPoints(on: base, factor: program.tierFactor(of: level))
    guard points != record.tierPoints else { return nil }
    var award = Award(
      lines: record.awards.filter { $0.part != .tier }.map { AwardLine(award: $0) }, visitRules: record.visitRules,
      thresholds: record.thresholds, counts: record.counts)
    if points != 0 {
      award.lines.append(
        AwardLine(
          award: RuleAward(rule: TierScheme.rule, points: points, part: .tier), basis: .points(base), tier: level))
    }
    return award
  }
}

extension Program {
  /// Whether what one purchase or activity is given bears on what the next one is.
  fileprivate var chainsAwards: Bool {
    !limits.isEmpty || plan.hasRuleLimits || plan.bonusesDependOnTier || plan.activitiesDependOnTier
      || (hasTimes && !keepsCounts)
  }
}

extension EarningCounters {
  private mutating func forget(_ awards: [RuleAward], on day: LocalDate, _ rules: [RatingPlan.Rule], _ program: Program)
  {
    let total = awards.reduce(Points.zero) { $0 + $1.points + $1.deferred }
    count(-total, under: program.limits, scope: EarningCounters.programScope, on: day)
    guard program.plan.hasRuleLimits else { return }
    for award in awards {
      guard let limits = rules.first(where: { $0.rule.id == award.rule })?.rule.limits, !limits.isEmpty else {
        continue
      }
      count(-award.asked, under: limits, scope: award.rule, on: day)
    }
  }

  /// Takes off what an activity had counted.
  fileprivate mutating func forget(_ record: ActivityRecord, under program: Program) {
    let day = program.calendar.day(of: record.occurredAt)
    forget(record.awards, on: day, program.plan.activities, program)
    if program.hasTimes, !program.keepsCounts { giveBack(record.counts, on: day, under: program) }
    for id in record.timesRules {
      guard case .activity(let award) = program.plan.activities.first(where: { $0.rule.id == id })?.rule.kind,
        let per = award.limit?.per
      else { continue }
      EarningCounters.add(-1, to: id, per, from: per.start(of: day), in: &times)
    }
  }

  /// Takes off what a purchase had counted.
  fileprivate mutating func forget(_ record: PurchaseRecord, under program: Program) {
    let day = program.calendar.day(of: record.occurredAt)
    forget(record.awards, on: day, program.plan.rules, program)
    if record.spend.isVisit, program.hasTimes, !program.keepsCounts {
      giveBack(record.counts, on: day, under: program)
    }
    guard program.plan.bonusesDependOnTier, record.spend.isVisit else { return }
    for rule in record.visitRules {
      guard case .visits(let every, _, let oncePerDay) = program.plan.rule(rule)?.rule.kind else { continue }
      unwindVisit(
        of: rule, every: every, day: oncePerDay ? day : nil, by: record.lotId, holdsAward: record.bonus(of: rule) != nil
      )
    }
    for counted in record.thresholds {
      guard case .threshold(let threshold) = program.plan.rule(counted.rule)?.rule.kind,
        let start = threshold.within?.start(of: day),
        let index = thresholds.firstIndex(where: { $0.rule == counted.rule && $0.start == start })
      else { continue }
      thresholds[index].spend = thresholds[index].spend.addingBounded(-counted.spend)
      thresholds[index].unwind(record.lotId, times: record.bonus(of: counted.rule)?.times ?? 0)
    }
  }
}

extension RatingFacts {
  /// Of a purchase that was rated before.
  fileprivate init(of record: PurchaseRecord, under program: Program) {
    occurredAt = record.occurredAt
    day = program.calendar.day(of: record.occurredAt)
    currency = record.currency
    lotId = record.lotId
    eligible = record.spend.eligible
    lines = record.spend.lines
    purchaseBits = record.answers?.purchase ?? .none
    lineBits = record.answers?.lines ?? []
    if lineBits.isEmpty, program.plan.hasLineConditions {
      lineBits = Array(repeating: .none, count: lines.count)
    }
  }
}

extension PurchaseRecord {
  /// Not where the document was replaced by one that asks other conditions: its answers would mean something else.
  fileprivate func canBeRatedAgain(under program: Program) -> Bool {
    guard number > 0, program.asksForAnswersAgain else { return number > 0 }
    return answers?.fingerprint == program.plan.fingerprint
  }

}

extension ActivityRecord {
  fileprivate func canBeRatedAgain(under program: Program) -> Bool {
    program.asksForActivitiesAgain && answers?.fingerprint == program.plan.fingerprint
  }
}

extension [RuleAward] {
  /// Takes over a new award and says what it changes: a line per rule with the difference.
  mutating func takeOver(_ award: Award) -> [AwardLine] {
    var differences: [AwardLine] = []
    var before = self
    self = []
    for line in award.lines {
      var line = line
      let index = before.firstIndex { $0.rule == line.award.rule && $0.part == line.award.part }
      let old = index.map { before.remove(at: $0) }
      line.award.keepBudget(of: old, hasCampaign: line.campaign != nil)
      append(line.award)
      var difference = line
      difference.award.points = line.award.points - (old?.points ?? 0)
      difference.award.deferred = Swift.max(0, line.award.deferred - (old?.deferred ?? 0))
      if difference.award.points != 0 || difference.award.deferred != 0 { differences.append(difference) }
    }
    for old in before where old.points != 0 {
      var gone = RuleAward(rule: old.rule, points: -old.points, part: old.part)
      gone.times = old.times
      differences.append(AwardLine(award: gone))
    }
    return differences
  }
}

extension RuleAward {
  /// What its campaign's budget gave before it keeps as far as it is still due; more must be asked of the budget.
  fileprivate mutating func keepBudget(of old: RuleAward?, hasCampaign: Bool) {
    guard hasCampaign, points > 0 else { return }
    let due = points
    points = min(due, old?.points ?? 0)
    deferred = due - points
  }
}
