/// What returns do to bonuses: they are judged anew, and stay or go whole.
extension Account {
  /// A purchase that is refunded whole is no visit. One that completed a count gives that count back with its award.
  mutating func uncountVisit(of record: inout PurchaseRecord, under program: Program) {
    for rule in record.visitRules {
      guard case .visits(let every, _, let oncePerDay) = program.plan.rule(rule)?.rule.kind else { continue }
      let holdsAward = record.bonus(of: rule) != nil
      counters.uncountVisit(
        of: rule, day: oncePerDay ? program.calendar.day(of: record.occurredAt) : nil,
        awardedEvery: holdsAward ? every : 0)
      record.revoke(rule, leaving: 0)
    }
  }

  /// Takes a refund off the spend that `threshold` rules watch. A bonus that is no longer reached is taken back from the
  /// purchase that holds it: at once where that is this one, else through ``Journal/lostBonuses``.
  mutating func rejudgeThresholds(
    of record: inout PurchaseRecord, after reversal: Transaction, under program: Program, into journal: inout Journal
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
      counters.thresholds[found].spend -= counted.spend - left
      let times = program.times(threshold, reachedBy: counters.thresholds[found].spend, in: record.currency)
      for holder in counters.thresholds[found].takeBack(downTo: times) {
        if holder.lotId == record.lotId {
          record.revoke(counted.rule, leaving: program.bonus(threshold, times: holder.times))
        } else {
          journal.noteLostBonus(
            LostBonus(
              lotId: holder.lotId, rule: counted.rule, timesLeft: holder.times, after: reversal))
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
    guard case .threshold(let threshold) = program.plan.rule(bonus.rule)?.rule.kind else { return }
    record.revoke(bonus.rule, leaving: program.bonus(threshold, times: bonus.timesLeft))
    let due = record.reversalDue(under: program) - record.reversed
    guard due > 0 else { return }
    var cause = Cause(
      idPrefix: Cause.idPrefix(programId, "bonus", bonus.source, bonus.returnId, record.lotId),
      id: bonus.returnId, source: bonus.source, occurredAt: bonus.occurredAt, bookedAt: bookedAt,
      programVersion: record.programVersion)
    cause.purchase = record.lotId
    journal.openBooking()
    takeBack(
      due, from: &record, as: .pointsReversed, to: .programReversed, rule: Account.returnRule,
      overdraw: program.returns.overdraw, cause: cause, into: &journal)
    journal.closeBooking()
    record.reversed += due
    close()
  }
}

/// A period's bonus that its purchase keeps in part or not at all, because another purchase of the period was returned.
package struct LostBonus: Equatable, Sendable {
  /// The lot of the purchase that holds it.
  package var lotId: String
  package var rule: String
  package var timesLeft: Int64
  /// The return that took it away.
  package var source: String
  package var returnId: String
  package var occurredAt: Instant

  init(lotId: String, rule: String, timesLeft: Int64, after reversal: Transaction) {
    self.lotId = lotId
    self.rule = rule
    self.timesLeft = timesLeft
    source = reversal.source
    returnId = reversal.id
    occurredAt = reversal.occurredAt
  }
}

extension ThresholdPeriod {
  /// Takes bonuses back, the last first, until `times` are left; says which purchases are concerned and what each keeps.
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

extension PurchaseRecord {
  /// Notes that of a bonus only so much is left; what was revoked before stays so.
  fileprivate mutating func revoke(_ rule: String, leaving points: Points) {
    for index in awards.indices where awards[index].isBonus && awards[index].rule == rule {
      let lost = awards[index].points - min(awards[index].points, points)
      awards[index].revoked = max(awards[index].revoked, lost)
    }
  }

  /// Minor units of what a rule counted once that were not refunded: a refund is spread over all of the purchase.
  fileprivate func spendLeft(of seen: Int64) -> Int64 {
    Int64(Int128(seen) * Int128(spend.eligible - spend.refunded) / Int128(spend.eligible))
  }
}

extension Program {
  func bonus(_ threshold: EarningRule.Threshold, times: Int64) -> Points {
    bounded(Int128(threshold.points.value) * Int128(times))
  }
}
