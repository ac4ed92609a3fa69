/// The factors' part of rating: the tier's, then the multipliers in document order.
extension Program {
  func applyFactors(
    to facts: RatingFacts, _ level: String?, _ applied: [AppliedRule], _ counters: inout EarningCounters,
    _ award: inout Award
  ) {
    let base = applied.reduce(Points.zero) { $0 + $1.points }
    guard base > 0 else { return }
    let factor = tierFactor(of: level)
    if plan.multipliers.isEmpty {
      if factor != .one { award.append(tierPoints: factorPoints(on: base, factor: factor), on: base, level) }
      return
    }
    var rating = FactorRating(program: self, facts: facts, level: level, applied: applied, tierFactor: factor)
    if rating.only == nil, factor != .one {
      award.append(tierPoints: factorPoints(on: base, factor: factor), on: base, level)
    }
    if plan.hasTimes { rating.count(&counters, &award) }
    rating.book(into: &award)
  }
}

extension Award {
  fileprivate mutating func append(tierPoints points: Points, on base: Points, _ level: String?) {
    guard points != 0 else { return }
    lines.append(
      AwardLine(award: RuleAward(rule: TierScheme.rule, points: points, part: .tier), basis: .points(base), tier: level)
    )
  }
}

/// The multipliers that work on one purchase.
///
/// What stands on a set of lines S before multiplier k: the rules' whole points on S alone, the tier's on these, and
/// for each multiplier j before k what it would give on S ∩ M_j, M_j being the lines and rules it matches. Multiplier k
/// gives `round((factor − 1) × what stands on M_k)`. Only multipliers that match a part of the lines or rules make sets
/// of their own; there are at most eight of them, and each set is computed once.
private struct FactorRating {
  let program: Program
  let facts: RatingFacts
  let level: String?
  let applied: [AppliedRule]
  let tierFactor: ExactDecimal
  /// The multipliers at work, in document order, and for those that narrow their bit in a set's mask, else 0.
  private var active: [(multiplier: RatingPlan.PlannedMultiplier, bit: UInt32)] = []
  /// Per line the bits of the narrowing multipliers that match it.
  private var marks: [UInt32] = []
  private var narrowingCount = 0
  /// What each multiplier gives on each set, once computed.
  private var known: [Points?] = []
  /// The exclusive one that works alone, as an index into `active`.
  private(set) var only: Int?
  /// Those at work of which a limit by number leaves nothing, and the limit: they match, and give nothing.
  private var usedUp: [Int: Cap] = [:]

  init(program: Program, facts: RatingFacts, level: String?, applied: [AppliedRule], tierFactor: ExactDecimal) {
    self.program = program
    self.facts = facts
    self.level = level
    self.applied = applied
    self.tierFactor = tierFactor
    for multiplier in program.plan.multipliers
    where multiplier.isInForce(at: facts.occurredAt)
      && multiplier.condition.holds(forPurchase: facts.purchaseBits, level: level)
    {
      let bit: UInt32 = multiplier.isNarrowing ? 1 << UInt32(narrowingCount) : 0
      narrowingCount += multiplier.isNarrowing ? 1 : 0
      active.append((multiplier, bit))
    }
    if narrowingCount > 0 { mark() }
    known = Array(repeating: nil, count: active.count << narrowingCount)
    only = exclusiveOne()
  }

  private mutating func mark() {
    marks = Array(repeating: 0, count: facts.lines.count)
    for (multiplier, bit) in active where bit != 0 {
      for line in facts.lines.indices {
        let matches =
          !multiplier.condition.isAboutLines
          || multiplier.condition.holds(forLine: facts.lineBits[line], purchase: facts.purchaseBits, level: level)
        if matches { marks[line] |= bit }
      }
    }
  }

  private func exclusiveOne() -> Int? {
    var best: Int?
    for index in active.indices where active[index].multiplier.multiplier.isExclusive && hasPoints(index) {
      let priority = active[index].multiplier.multiplier.priority
      if let found = best, priority <= active[found].multiplier.multiplier.priority { continue }
      best = index
    }
    return best
  }

  /// Whether it matches a line that a rule gave points for.
  private func hasPoints(_ index: Int) -> Bool {
    let (multiplier, bit) = active[index]
    return applied.contains { rule in
      guard multiplier.worksOn[rule.index] else { return false }
      return facts.lines.indices.contains { line in
        facts.lines[line].eligible != 0 && (bit == 0 || marks[line] & bit != 0)
          && facts.matches(program.plan.rules[rule.index], line, level)
      }
    }
  }

  /// Counts the multipliers that work on points, by the rules' alone: a tier decides how many these are, not whether.
  mutating func count(_ counters: inout EarningCounters, _ award: inout Award) {
    for index in active.indices where only ?? index == index {
      let multiplier = active[index].multiplier.multiplier
      guard !multiplier.times.isEmpty, base(active[index].bit) > 0 else { continue }
      let (room, cap) = counters.room(
        underTimes: multiplier.times, scope: multiplier.id, on: facts.day, ofRule: true, kept: facts.keptCounts)
      if room > 0 {
        award.count(
          1, of: multiplier.id, under: multiplier.times, on: facts.day, kept: facts.keptCounts, &counters)
      } else {
        usedUp[index] = cap
      }
    }
  }

  mutating func book(into award: inout Award) {
    // What the rules and factors before gave and factors below 1 may take off again.
    var net = base(0) + award.tierPoints
    for index in active.indices where only ?? index == index {
      let multiplier = active[index].multiplier
      let stands = stands(before: index, on: active[index].bit)
      let points = max(program.factorPoints(on: stands, factor: multiplier.multiplier.factor), -net)
      guard points != 0 else { continue }
      let cap = usedUp[index]
      // What takes points off is no loss where it does not.
      if cap != nil, points < 0 { continue }
      if cap == nil { net += points }
      award.lines.append(
        AwardLine(
          award: RuleAward(rule: multiplier.multiplier.id, points: cap == nil ? points : 0, part: .multiplier),
          basis: .points(stands), tier: multiplier.condition.isAboutTiers ? level : nil, capped: cap,
          campaign: multiplier.multiplier.campaign))
    }
  }

  private mutating func stands(before index: Int, on mask: UInt32) -> Points {
    var stands = base(mask)
    guard only == nil, active[index].multiplier.multiplier.combine == .compound else { return stands }
    if tierFactor != .one { stands += program.factorPoints(on: stands, factor: tierFactor) }
    for earlier in 0..<index { stands += points(of: earlier, on: mask | active[earlier].bit) }
    // Factors that add may take off more than there is; what is below nothing is not multiplied.
    return max(0, stands)
  }

  private mutating func points(of index: Int, on mask: UInt32) -> Points {
    if usedUp[index] != nil { return 0 }
    let slot = index << narrowingCount + Int(mask)
    if let points = known[slot] { return points }
    let points = program.factorPoints(
      on: stands(before: index, on: mask), factor: active[index].multiplier.multiplier.factor)
    known[slot] = points
    return points
  }

  /// The rules' whole points on the lines and rules of a set alone.
  private func base(_ mask: UInt32) -> Points {
    var sum = Points.zero
    for rule in applied {
      if mask == 0 {
        sum += rule.points
      } else if active.allSatisfy({ $0.bit & mask == 0 || $0.multiplier.worksOn[rule.index] }) {
        let planned = program.plan.rules[rule.index]
        let points = program.bounded(program.points(of: planned, narrowedTo: mask, marks: marks, facts, level))
        sum += min(points, rule.points)
      }
    }
    return sum
  }
}
