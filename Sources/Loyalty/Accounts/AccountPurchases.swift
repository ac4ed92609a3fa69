/// Earning.
extension Account {
  /// Rates a purchase under the version in force when it occurred and books what it earns into one lot; returns that
  /// came before it are applied at once. The caller has made sure that this purchase was not booked before.
  package mutating func book(
    _ purchase: Transaction, under program: Program, traits: MemberTraits? = nil, bookedAt: Instant,
    into journal: inout Journal
  ) -> PurchaseRecord {
    var none = CampaignRooms()
    return book(purchase, under: program, traits: traits, rooms: &none, bookedAt: bookedAt, into: &journal)
  }

  /// The same in a programme with campaigns: `rooms` is what their budgets may give here, and is lowered by what was
  /// booked. What did not fit is among `Journal.deferrals`.
  package mutating func book(
    _ purchase: Transaction, under program: Program, traits: MemberTraits?, rooms: inout CampaignRooms,
    bookedAt: Instant, into journal: inout Journal
  ) -> PurchaseRecord {
    settle(upTo: purchase.occurredAt, bookedAt: bookedAt, into: &journal)
    var record = PurchaseRecord(
      purchaseId: purchase.id, source: purchase.source, occurredAt: purchase.occurredAt, currency: purchase.currency,
      programVersion: program.version,
      spend: PurchaseSpend(of: purchase, eligibleSpendOfLines: purchase.eligibleSpendOfLines()),
      pendingUntil: program.pendingUntil(earnedAt: purchase.occurredAt),
      expiresAt: program.expiresAt(earnedAt: purchase.occurredAt))
    let cause = Cause(event: purchase, programId: programId, programVersion: program.version, bookedAt: bookedAt)
    if terms.standing.isClosed(at: purchase.occurredAt) {
      refuse(.earningRefused, .accountClosed, cause: cause, into: &journal)
    } else if record.spend.eligible > 0 {
      award(purchase, &record, under: program, traits: traits, rooms: &rooms, cause: cause, into: &journal)
    }
    if !waitingReturns.isEmpty {
      applyWaitingReturns(to: &record, under: program, bookedAt: bookedAt, into: &journal)
    }
    close()
    settle(upTo: clock, bookedAt: bookedAt, into: &journal)
    record.expired += journal.takeExpiry(of: record.lotId)
    return record
  }

  private mutating func award(
    _ purchase: Transaction, _ record: inout PurchaseRecord, under program: Program, traits: MemberTraits?,
    rooms: inout CampaignRooms, cause: Cause, into journal: inout Journal
  ) {
    record.number = counters.purchases + 1
    let lot = record.emptyLot
    let facts = RatingFacts(
      of: purchase, spend: record.spend, lotId: lot.id, under: program, traits: traits, number: record.number)
    let award = program.rate(
      facts, level: tierLevel(at: purchase.occurredAt), counters: &counters, rooms: &rooms)
    counters.purchases += 1
    record.awards = award.lines.map(\.award)
    record.visitRules = award.visitRules
    record.thresholds = award.thresholds
    if program.asksForAnswersAgain { record.answers = facts.answers(under: program) }
    post(award, lot: lot, under: program, cause: cause, into: &journal)
    for line in award.lines where line.award.deferred > 0 {
      journal.noteDeferral(line, of: lot)
    }
  }

  /// Books an award into a lot of its own: pending while its time says so, or the account is frozen.
  mutating func post(
    _ award: Award, lot: Lot, under program: Program, cause: Cause, into journal: inout Journal
  ) {
    let granted = award.points
    for line in award.lines where line.award.points == 0 && line.award.deferred == 0 && line.capped != nil {
      refuse(line, cause: cause, into: &journal)
    }
    guard award.lines.contains(where: { $0.award.points != 0 }) else { return }
    if granted > 0 { keepLots(activityAt: lot.earnedAt, under: program) }
    let part = lot.pendingUntil == nil && !terms.standing.isFrozen ? LotPart.available : .pending
    let owedBefore = owed
    journal.openBooking()
    for line in award.lines where line.award.points != 0 {
      if line.award.points > 0 {
        post(
          .pointsEarned, line.award.points, from: .programIssued, to: part.account, lot: lot, rule: line.award.rule,
          line: line, cause: cause, into: &journal)
      } else {
        post(
          .pointsReduced, -line.award.points, from: part.account, to: .programIssued, lot: lot, rule: line.award.rule,
          line: line, cause: cause, into: &journal)
      }
    }
    journal.closeBooking()
    if granted > 0 { fill(lotAt: open(lot), part, granted, owed: owedBefore) }
  }

  private mutating func applyWaitingReturns(
    to record: inout PurchaseRecord, under program: Program, bookedAt: Instant, into journal: inout Journal
  ) {
    let waiting = waitingReturns.filter { $0.transaction.purchaseId == record.purchaseId }
    guard !waiting.isEmpty else { return }
    waitingReturns.removeAll { $0.transaction.purchaseId == record.purchaseId }
    for waiting in waiting {
      reverse(waiting.transaction, record: &record, under: program, bookedAt: bookedAt, into: &journal)
    }
  }
}
