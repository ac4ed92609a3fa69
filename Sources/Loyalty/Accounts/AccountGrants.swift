/// What a campaign's budget gave late.
extension Account {
  /// Books up to `points` of what a rule's campaign owes to a purchase still, as a correction, and says how much that
  /// was: nothing where the purchase was refunded whole meanwhile, or the account was closed.
  ///
  /// - Parameters:
  ///   - id: of this grant to this award, so that its entries have ids of their own.
  ///   - program: the version that rated the purchase.
  package mutating func grant(
    _ points: Points, rule: String, id: String, to record: inout PurchaseRecord, under program: Program,
    bookedAt: Instant, into journal: inout Journal
  ) -> Points {
    guard !record.spend.isRefundedWhole, terms.standing.name != .closed,
      let index = record.awards.firstIndex(where: { $0.rule == rule && $0.deferred > 0 })
    else { return 0 }
    let given = min(points, record.awards[index].deferred)
    guard given > 0 else { return 0 }
    record.awards[index].points += given
    record.awards[index].deferred -= given
    let reductions = record.reduceByFactors()
    let cause = Cause(
      idPrefix: Cause.idPrefix(programId, "budget", id, record.source, record.purchaseId), id: record.purchaseId,
      source: record.source, occurredAt: record.occurredAt, bookedAt: bookedAt, programVersion: record.programVersion)
    let reversedMore = max(0, record.reversalDue(under: program) - record.reversed)
    record.reversed += reversedMore
    journal.openBooking()
    let award = RuleAward(rule: rule, points: given, part: record.awards[index].part)
    give(given, to: record, from: .programIssued, AwardLine(award: award), cause: cause, into: &journal)
    for reduction in reductions {
      takeBack(
        reduction.points, from: &record, as: .pointsCorrected, to: .programIssued, rule: reduction.rule,
        line: AwardLine(award: reduction), overdraw: program.returns.overdraw, cause: cause, into: &journal)
    }
    var reversal = cause
    reversal.purchase = record.lotId
    takeBack(
      reversedMore, from: &record, as: .pointsReversed, to: .programReversed, rule: Account.returnRule,
      overdraw: program.returns.overdraw, cause: reversal, into: &journal)
    expireWhatRanOut(of: &record, cause: cause, into: &journal)
    journal.closeBooking()
    close()
    return given
  }

  /// Tells of an award that its campaign's budget has given nothing for and never will, unless something of it was booked.
  package mutating func tellThatNothingIsLeft(
    for rule: String, of awards: [RuleAward], source: String, id: String, earnedAt: Instant, programVersion: Int,
    bookedAt: Instant, into journal: inout Journal
  ) {
    guard let award = awards.first(where: { $0.rule == rule }), award.points == 0 else { return }
    let cause = Cause(
      idPrefix: Cause.idPrefix(programId, "budget", memberId, source, id), id: id, source: source, occurredAt: earnedAt,
      bookedAt: bookedAt, programVersion: programVersion)
    refuse(AwardLine(award: award, capped: .campaign), cause: cause, into: &journal)
  }

  /// The same for an activity, which nothing takes back.
  package mutating func grant(
    _ points: Points, rule: String, id: String, to record: inout ActivityRecord, under program: Program,
    bookedAt: Instant, into journal: inout Journal
  ) -> Points {
    guard terms.standing.name != .closed,
      let index = record.awards.firstIndex(where: { $0.rule == rule && $0.deferred > 0 })
    else { return 0 }
    let given = min(points, record.awards[index].deferred)
    guard given > 0 else { return 0 }
    record.awards[index].points += given
    record.awards[index].deferred -= given
    let cause = Cause(
      idPrefix: Cause.idPrefix(programId, "budget", id, memberId, record.source, record.activityId),
      id: record.activityId, source: record.source, occurredAt: record.occurredAt, bookedAt: bookedAt,
      programVersion: record.programVersion)
    journal.openBooking()
    let award = RuleAward(rule: rule, points: given, part: record.awards[index].part)
    give(given, to: record, from: .programIssued, AwardLine(award: award), cause: cause, into: &journal)
    expireWhatRanOut(of: &record, cause: cause, into: &journal)
    journal.closeBooking()
    close()
    return given
  }

  /// Points that are booked late into a lot whose time is over are over as well.
  mutating func expireWhatRanOut(of record: inout some AwardHolder, cause: Cause, into journal: inout Journal) {
    if let expiresAt = terms.postponed(record.expiresAt), expiresAt <= clock,
      let index = lots.firstIndex(where: { $0.id == record.lotId }), lots[index].pending == 0
    {
      record.expired += expire(lotAt: index, cause: cause, into: &journal)
    }
  }
}

extension PurchaseRecord {
  /// Lets factors below 1 take what was not there to be taken before, and says how much more each takes.
  fileprivate mutating func reduceByFactors() -> [RuleAward] {
    var reductions: [RuleAward] = []
    var multiplied = Points.zero
    for index in awards.indices {
      let reduced = max(awards[index].asked, -multiplied)
      if awards[index].asked < 0, awards[index].points > reduced {
        var more = awards[index]
        more.points -= reduced
        reductions.append(more)
        awards[index].points = reduced
      }
      if !awards[index].isBonus { multiplied += awards[index].points }
    }
    return reductions
  }
}
