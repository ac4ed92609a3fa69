/// Rating purchases again after a tier change that became known late, as if the tier had been known.
///
/// Where one purchase's award bears on the next, through limits or counted bonuses, all purchases booked since the first
/// one concerned are rated again in the order they were booked, from the counters as they stood before it.
struct RatingAgain {
  /// Indices of the records to rate again and the versions that rated them, in order.
  private(set) var order: [(index: Int, program: Program)] = []
  private let isChained: Bool

  init(_ concerned: [Int], of records: [PurchaseRecord], version: (Int) -> Program?) {
    let programs = concerned.compactMap { version(records[$0].programVersion) }
    isChained = programs.contains { $0.chainsPurchases }
    let first = concerned.map { records[$0].number }.min() ?? 0
    let candidates = isChained ? records.indices.filter { records[$0].number >= first } : concerned
    for index in candidates.sorted(by: { Self.isBooked(records[$0], before: records[$1]) }) {
      guard let program = version(records[index].programVersion), records[index].canBeRatedAgain(under: program) else {
        continue
      }
      order.append((index, program))
    }
  }

  private static func isBooked(_ left: PurchaseRecord, before right: PurchaseRecord) -> Bool {
    left.number == right.number ? left.lotId < right.lotId : left.number < right.number
  }

  /// Takes what these purchases count off the counters.
  func unwind(_ counters: inout EarningCounters, _ records: [PurchaseRecord]) {
    guard isChained else { return }
    for (index, program) in order.reversed() where program.asksForAnswersAgain {
      counters.forget(records[index], under: program)
    }
  }

  /// What the purchase is awarded at `level`; nil where that is what it has.
  func rate(
    _ record: PurchaseRecord, under program: Program, level: String?, counters: inout EarningCounters
  ) -> Award? {
    // A version that never asks again keeps no answers, whatever the versions around it do.
    guard program.asksForAnswersAgain else { return factorAlone(record, program, level) }
    var facts = RatingFacts(of: record, under: program)
    facts.isVisit = record.spend.isVisit
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
      thresholds: record.thresholds)
    if points != 0 {
      award.lines.append(
        AwardLine(
          award: RuleAward(rule: TierScheme.rule, points: points, part: .tier), basis: .points(base), tier: level))
    }
    return award
  }
}

extension Program {
  /// Whether what one purchase is given bears on what the next one is.
  fileprivate var chainsPurchases: Bool { !limits.isEmpty || plan.hasRuleLimits || plan.bonusesDependOnTier }
}

extension EarningCounters {
  /// Takes off what a purchase had counted.
  fileprivate mutating func forget(_ record: PurchaseRecord, under program: Program) {
    let day = program.calendar.day(of: record.occurredAt)
    let total = record.awards.reduce(Points.zero) { $0 + $1.points + $1.deferred }
    count(-total, under: program.limits, scope: EarningCounters.programScope, on: day)
    if program.plan.hasRuleLimits {
      for award in record.awards {
        guard let limits = program.plan.rule(award.rule)?.rule.limits, !limits.isEmpty else { continue }
        count(-award.asked, under: limits, scope: award.rule, on: day)
      }
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
      thresholds[index].spend -= counted.spend
      thresholds[index].holders.removeAll { $0.lotId == record.lotId }
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

  /// Takes over a new award and says what it changes: a line per rule with the difference.
  mutating func takeOver(_ award: Award) -> [AwardLine] {
    var differences: [AwardLine] = []
    var before = awards
    awards = []
    for line in award.lines {
      var line = line
      let index = before.firstIndex { $0.rule == line.award.rule && $0.part == line.award.part }
      let old = index.map { before.remove(at: $0) }
      line.award.keepBudget(of: old, hasCampaign: line.campaign != nil)
      awards.append(line.award)
      var difference = line
      difference.award.points = line.award.points - (old?.points ?? 0)
      difference.award.deferred = max(0, line.award.deferred - (old?.deferred ?? 0))
      if difference.award.points != 0 || difference.award.deferred != 0 { differences.append(difference) }
    }
    for old in before where old.points != 0 {
      var gone = RuleAward(rule: old.rule, points: -old.points, part: old.part)
      gone.times = old.times
      differences.append(AwardLine(award: gone))
    }
    visitRules = award.visitRules
    thresholds = award.thresholds
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
