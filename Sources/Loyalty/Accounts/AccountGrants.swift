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
    guard !record.spend.isRefundedWhole, terms.standing.name != .closed, !totals.issued.isBeyondTotal,
      let given = record.payDeferred(points, of: rule)
    else { return 0 }
    let differences = ([given] + record.reduceByFactors()).map { AwardLine(award: $0) }
    let reversedMore = max(0, record.reversalDue(under: program) - record.reversed)
    record.reversed += reversedMore
    let cause = Cause(
      idPrefix: Cause.idPrefix(programId, "budget", id, record.source, record.purchaseId), of: record)
    amend(cause, bookedAt: bookedAt, into: &journal) {
      $0.correct(&record, by: differences, reversing: reversedMore, under: program, in: &$1)
    }
    return given.points
  }

  /// The same for an activity, which nothing takes back.
  package mutating func grant(
    _ points: Points, rule: String, id: String, to record: inout ActivityRecord, under program: Program,
    bookedAt: Instant, into journal: inout Journal
  ) -> Points {
    guard terms.standing.name != .closed, !totals.issued.isBeyondTotal, let given = record.payDeferred(points, of: rule)
    else { return 0 }
    let cause = Cause(
      idPrefix: Cause.idPrefix(programId, "budget", id, memberId, record.source, record.activityId), of: record)
    amend(cause, bookedAt: bookedAt, into: &journal) {
      $0.correct(&record, by: [AwardLine(award: given)], under: program, in: &$1)
    }
    return given.points
  }

  /// Tells of an award that its campaign's budget has given nothing for and never will, unless something of it was
  /// booked.
  package mutating func tellThatNothingIsLeft(
    for rule: String, of record: some AwardHolder, bookedAt: Instant, into journal: inout Journal
  ) {
    guard let award = record.awards.first(where: { $0.rule == rule }), award.points == 0 else { return }
    let cause = Cause(
      idPrefix: Cause.idPrefix(programId, "budget", memberId, record.source, record.causeId), of: record)
    amend(cause, bookedAt: bookedAt, into: &journal) {
      $0.refuse(AwardLine(award: award, capped: .campaign), in: &$1)
    }
  }
}

extension PurchaseRecord {
  /// Lets factors below 1 take what was not there to be taken before, and says what each takes beside: less than 0.
  fileprivate mutating func reduceByFactors() -> [RuleAward] {
    var reductions: [RuleAward] = []
    var multiplied = Points.zero
    for index in awards.indices {
      let reduced = max(awards[index].asked, -multiplied)
      if awards[index].asked < 0, awards[index].points > reduced {
        var more = awards[index]
        more.points = reduced - awards[index].points
        reductions.append(more)
        awards[index].points = reduced
      }
      if !awards[index].isBonus { multiplied += awards[index].points }
    }
    return reductions
  }
}
