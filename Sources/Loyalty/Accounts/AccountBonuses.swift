/// What returns do to bonuses: they are judged anew, and stay or go whole.
extension Account {
  /// A purchase that is refunded whole is no visit. One that completed a count gives that count back with its award. A
  /// day is a visit as long as one of its purchases stands; then its award goes from the purchase that holds it.
  mutating func uncountVisit(
    of record: inout PurchaseRecord, after event: LostBonus.Event, under program: Program, into journal: inout Journal
  ) {
    for rule in record.visitRules {
      guard case .visits(let every, _, let oncePerDay) = program.plan.rule(rule)?.rule.kind else { continue }
      let loser = counters.uncountVisit(
        of: rule, every: every, day: oncePerDay ? program.calendar.day(of: record.occurredAt) : nil, by: record.lotId,
        holdsAward: record.bonus(of: rule) != nil)
      if loser == Lot.shortId(record.lotId) {
        record.revoke(rule, leaving: 0)
      } else if let loser {
        journal.noteLostBonus(LostBonus(lotId: loser, rule: rule, timesLeft: 0, after: event))
      }
    }
  }

  /// Takes a refund off the spend that `threshold` rules watch. A bonus that is no longer reached is taken back from
  /// the purchase that holds it: at once where that is this one, else through ``Journal/lostBonuses``.
  mutating func rejudgeThresholds(
    of record: inout PurchaseRecord, after event: LostBonus.Event, under program: Program, into journal: inout Journal
  ) {
    for index in record.thresholds.indices {
      let counted = record.thresholds[index]
      guard let rule = program.plan.rule(counted.rule), case .threshold(let threshold) = rule.rule.kind else {
        continue
      }
      let left = record.spendLeft(of: counted.seen)
      guard left < counted.spend else { continue }
      record.thresholds[index].spend = left
      guard let period = threshold.within else {
        let times = program.times(threshold, reachedBy: left, in: record.currency)
        record.revoke(counted.rule, leaving: program.bonus(threshold, times: times))
        continue
      }
      let start = period.start(of: program.calendar.day(of: record.occurredAt))
      guard let found = counters.thresholds.firstIndex(where: { $0.rule == counted.rule && $0.start == start })
      else { continue }
      counters.thresholds[found].spend = counters.thresholds[found].spend.addingBounded(left - counted.spend)
      let times = program.times(threshold, reachedBy: counters.thresholds[found].spend, in: record.currency)
      for holder in counters.thresholds[found].takeBack(downTo: times) {
        if holder.lotId == Lot.shortId(record.lotId) {
          record.revoke(counted.rule, leaving: program.bonus(threshold, times: holder.times))
        } else {
          journal.noteLostBonus(
            LostBonus(
              lotId: holder.lotId, rule: counted.rule, timesLeft: holder.times, after: event))
        }
      }
    }
  }

  /// Takes back a bonus that a return of another purchase took away. `record` is that of the purchase that holds it,
  /// `program` the version that granted it.
  package mutating func takeBack(
    _ bonus: LostBonus, from record: inout PurchaseRecord, under program: Program, bookedAt: Instant,
    into journal: inout Journal
  ) {
    switch program.plan.rule(bonus.rule)?.rule.kind {
    case .threshold(let threshold):
      record.revoke(bonus.rule, leaving: program.bonus(threshold, times: bonus.timesLeft))
    case .visits: record.revoke(bonus.rule, leaving: 0)
    default: return
    }
    let due = max(0, record.reversalDue(under: program) - record.reversed)
    guard due > 0 else { return }
    record.reversed += due
    let cause = Cause(
      idPrefix: Cause.idPrefix(programId, "bonus", bonus.after.source, bonus.after.id, bonus.rule, record.lotId),
      id: bonus.after.id, source: bonus.after.source, occurredAt: bonus.after.occurredAt,
      programVersion: record.programVersion)
    amend(cause, bookedAt: bookedAt, into: &journal) { $0.reverse(due, of: &record, under: program, in: &$1) }
  }
}

extension Account {
  /// After a purchase was rated again: takes what was refunded off its thresholds, and judges what is revoked of its
  /// bonuses by what still stands.
  mutating func rejudgeBonuses(
    of record: inout PurchaseRecord, after event: LostBonus.Event, under program: Program, into journal: inout Journal
  ) {
    rejudgeThresholds(of: &record, after: event, under: program, into: &journal)
    for index in record.awards.indices where record.awards[index].isBonus {
      let award = record.awards[index]
      let standing: Points
      switch program.plan.rule(award.rule)?.rule.kind {
      case .visits(_, _, let oncePerDay):
        let stands = oncePerDay ? holdsDay(record, award.rule, program) : !record.spend.isRefundedWhole
        standing = stands ? award.points + award.deferred : 0
      case .threshold(let threshold):
        standing = program.bonus(threshold, times: timesStanding(of: threshold, award.rule, record, program))
      default: continue
      }
      record.awards[index].revoked = award.points - min(award.points, standing)
      record.awards[index].deferNoMore(than: standing)
    }
  }

  /// Whether a purchase holds the award of its day, which stands while one of the day's purchases does.
  private func holdsDay(_ record: PurchaseRecord, _ rule: String, _ program: Program) -> Bool {
    guard record.spend.isRefundedWhole else { return true }
    let day = program.calendar.day(of: record.occurredAt)
    let found = counters.visits.first { $0.rule == rule }?.days.first { $0.day == day }
    return found?.holder == Lot.shortId(record.lotId)
  }

  private func timesStanding(
    of threshold: EarningRule.Threshold, _ rule: String, _ record: PurchaseRecord, _ program: Program
  ) -> Int64 {
    guard let period = threshold.within else {
      let left = record.thresholds.first { $0.rule == rule }?.spend ?? 0
      return program.times(threshold, reachedBy: left, in: record.currency)
    }
    let start = period.start(of: program.calendar.day(of: record.occurredAt))
    guard let found = counters.thresholds.first(where: { $0.rule == rule && $0.start == start }) else { return 0 }
    if let own = found.holders.first(where: { $0.lotId == Lot.shortId(record.lotId) }) { return own.times }
    // One of those without a name keeps what it was given.
    return found.namelessTimes > 0 ? record.bonus(of: rule)?.times ?? 0 : 0
  }
}

extension ThresholdPeriod {
  /// Takes bonuses back, the last first, until `times` are left; says which purchases are concerned and what each
  /// keeps.
  fileprivate mutating func takeBack(downTo times: Int64) -> [Holder] {
    var excess = timesHeld - times
    var concerned: [Holder] = []
    while excess > 0, var last = holders.popLast() {
      let lost = min(excess, last.times)
      excess -= lost
      last.times -= lost
      concerned.append(last)
      if last.times > 0 { holders.append(last) }
    }
    return concerned
  }
}

extension RuleAward {
  /// Of a bonus of which only so much is left its budget owes no more than the rest.
  fileprivate mutating func deferNoMore(than standing: Points) {
    deferred = max(0, min(deferred, standing - points))
  }
}

extension PurchaseRecord {
  /// Notes that of a bonus only so much is left; what was revoked before stays so.
  fileprivate mutating func revoke(_ rule: String, leaving points: Points) {
    for index in awards.indices where awards[index].isBonus && awards[index].rule == rule {
      let lost = awards[index].points - min(awards[index].points, points)
      awards[index].revoked = max(awards[index].revoked, lost)
      awards[index].deferNoMore(than: points)
    }
  }

  /// Minor units of what a rule counted once that were not refunded: a refund is spread over all of the purchase.
  fileprivate func spendLeft(of seen: Int64) -> Int64 {
    guard spend.eligible > 0 else { return 0 }
    return Int64(Int128(seen) * Int128(spend.eligible - spend.refunded) / Int128(spend.eligible))
  }
}
