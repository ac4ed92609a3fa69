/// The rules' part of rating: which of them work on a purchase, and what each gives.
extension Program {
  func applyRules(
    to facts: RatingFacts, _ level: String?, _ counters: inout EarningCounters, _ bonuses: PurchaseRecord?,
    _ award: inout Award, _ applied: inout [AppliedRule]
  ) {
    if plan.hasExclusiveRules, let only = exclusiveRule(for: facts, level) {
      if let measure = facts.measure(plan.rules[only], level: level) {
        apply(only, measure, facts, level, &counters, bonuses, &award, &applied)
      }
      return
    }
    for index in plan.rules.indices {
      guard let measure = facts.measure(plan.rules[index], level: level) else { continue }
      apply(index, measure, facts, level, &counters, bonuses, &award, &applied)
      if plan.rules[index].rule.isLast { break }
    }
  }

  /// The exclusive rule that displaces all others; of equal priorities the first.
  private func exclusiveRule(for facts: RatingFacts, _ level: String?) -> Int? {
    var best: Int?
    for index in plan.rules.indices where plan.rules[index].rule.isExclusive {
      guard facts.measure(plan.rules[index], level: level) != nil else { continue }
      if let found = best, plan.rules[index].rule.priority <= plan.rules[found].rule.priority { continue }
      best = index
    }
    return best
  }

  private func apply(
    _ index: Int, _ measure: Int64, _ facts: RatingFacts, _ level: String?, _ counters: inout EarningCounters,
    _ bonuses: PurchaseRecord?, _ award: inout Award, _ applied: inout [AppliedRule]
  ) {
    let rule = plan.rules[index]
    var line: AwardLine?
    switch rule.rule.kind {
    case .spend:
      let points = bounded(points(of: rule, narrowedTo: 0, marks: [], facts, level))
      line = AwardLine(rule, points, .spend(ExactDecimal(minorUnits: measure, exponent: facts.currency.exponent)))
    case .product:
      let points = bounded(points(of: rule, narrowedTo: 0, marks: [], facts, level))
      line = AwardLine(rule, points, .quantity(ExactDecimal(significand: measure, scale: 6)))
    case .transaction(let points):
      line = AwardLine(rule, points, .spend(ExactDecimal(minorUnits: measure, exponent: facts.currency.exponent)))
    case .visits(let every, let points, let oncePerDay):
      line = visit(rule, every, points, oncePerDay, facts, &counters, bonuses, &award)
    case .threshold(let threshold):
      line = reach(threshold, of: rule, measure, facts, &counters, bonuses, &award)
    case .activity: return
    }
    guard var line else { return }
    var times: Int64 = 0
    let isCounted = plan.hasTimes && !rule.rule.times.isEmpty
    if isCounted { times = limitTimes(&line, by: rule.rule, on: facts.day, kept: facts.keptCounts, counters) }
    if !rule.rule.limits.isEmpty { limit(&line, by: rule.rule, on: facts.day, &counters) }
    if isCounted, line.award.asked > 0 {
      award.count(times, of: rule.rule.id, under: rule.rule.times, on: facts.day, kept: facts.keptCounts, &counters)
    }
    if rule.condition.isAboutTiers { line.tier = level }
    if rule.rule.isMultiplied, line.award.asked > 0 {
      applied.append(AppliedRule(index: index, points: line.award.asked))
    }
    // What a limit left nothing of stays in sight.
    if line.award.asked > 0 || line.award.times > 0 || line.capped != nil { award.lines.append(line) }
  }

  /// What a `spend` or `product` rule gives on the lines it matches that carry all marks of `mask`, unbounded.
  func points(
    of rule: RatingPlan.Rule, narrowedTo mask: UInt32, marks: [UInt32], _ facts: RatingFacts, _ level: String?
  ) -> Int128 {
    var sum: Int64 = 0
    var points: Int128 = 0
    let perLine = roundPer == .line
    for index in facts.lines.indices {
      guard mask == 0 || marks[index] & mask == mask, facts.matches(rule, index, level) else { continue }
      let line = facts.lines[index]
      switch rule.rule.kind {
      case .product(let each) where line.eligible > 0:
        if perLine { points += self.points(each, forQuantity: line.quantity) } else { sum += line.quantity }
      case .spend(let each, let per) where perLine:
        points += unbounded(each, per: per, for: line.eligible, in: facts.currency)
      case .spend: sum += line.eligible
      default: break
      }
    }
    if perLine { return max(0, points) }
    guard sum > 0 else { return 0 }
    switch rule.rule.kind {
    case .product(let each): return self.points(each, forQuantity: sum)
    // A purchase's eligible spend is never below 0, nor is what a rule sees of it.
    case .spend(let each, let per): return unbounded(each, per: per, for: sum, in: facts.currency)
    default: return 0
    }
  }

  // MARK: Bonuses

  private func visit(
    _ rule: RatingPlan.Rule, _ every: Int, _ points: Points, _ oncePerDay: Bool, _ facts: RatingFacts,
    _ counters: inout EarningCounters, _ bonuses: PurchaseRecord?, _ award: inout Award
  ) -> AwardLine? {
    let basis = Basis.count(Int64(every))
    if let bonuses {
      if bonuses.visitRules.contains(rule.rule.id) { award.visitRules.append(rule.rule.id) }
      guard bonuses.bonus(of: rule.rule.id) != nil else { return nil }
      return AwardLine(rule, points, basis, times: 1)
    }
    guard facts.isVisit else { return nil }
    award.visitRules.append(rule.rule.id)
    guard counters.countVisit(of: rule.rule.id, every: every, day: oncePerDay ? facts.day : nil, by: facts.lotId)
    else { return nil }
    return AwardLine(rule, points, basis, times: 1)
  }

  private func reach(
    _ threshold: EarningRule.Threshold, of rule: RatingPlan.Rule, _ spend: Int64, _ facts: RatingFacts,
    _ counters: inout EarningCounters, _ bonuses: PurchaseRecord?, _ award: inout Award
  ) -> AwardLine? {
    var seen = spend
    var times: Int64
    if let bonuses {
      if let counted = bonuses.thresholds.first(where: { $0.rule == rule.rule.id }) { award.thresholds.append(counted) }
      times = bonuses.bonus(of: rule.rule.id)?.times ?? 0
    } else {
      guard facts.isVisit else { return nil }
      award.thresholds.append(ThresholdSpend(rule: rule.rule.id, seen: spend, spend: spend))
      guard let period = threshold.within else {
        times = self.times(threshold, reachedBy: spend, in: facts.currency)
        return times > 0 ? AwardLine(rule, bonus(threshold, times: times), basis(seen, facts), times: times) : nil
      }
      let index = counters.thresholdIndex(of: rule.rule.id, from: period.start(of: facts.day))
      counters.thresholds[index].spend = counters.thresholds[index].spend.addingBounded(spend)
      seen = counters.thresholds[index].spend
      times = self.times(threshold, reachedBy: seen, in: facts.currency) - counters.thresholds[index].timesHeld
      if times > 0 {
        counters.thresholds[index].holders.append(.init(lotId: Lot.shortId(facts.lotId), times: times))
        counters.boundHolders()
      }
    }
    return times > 0 ? AwardLine(rule, bonus(threshold, times: times), basis(seen, facts), times: times) : nil
  }

  private func basis(_ minorUnits: Int64, _ facts: RatingFacts) -> Basis {
    .spend(ExactDecimal(minorUnits: minorUnits, exponent: facts.currency.exponent))
  }
}

/// A rule that worked on a purchase and what it gave, for the factors.
struct AppliedRule {
  /// In the plan's rules.
  var index: Int
  var points: Points
}

extension AwardLine {
  init(_ rule: RatingPlan.Rule, _ points: Points, _ basis: Basis, times: Int64 = 0) {
    var award = RuleAward(rule: rule.rule.id, points: points, part: rule.rule.part)
    award.times = times
    self.init(award: award, basis: basis, campaign: rule.rule.campaign)
  }
}
