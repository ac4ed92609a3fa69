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
    let cause = Cause(event: purchase, programId: programId, programVersion: program.version)
    var record = PurchaseRecord(
      purchaseId: purchase.id, source: purchase.source, occurredAt: purchase.occurredAt, currency: purchase.currency,
      programVersion: program.version,
      spend: PurchaseSpend(of: purchase, eligibleSpendOfLines: purchase.eligibleSpendOfLines()),
      pendingUntil: program.pendingUntil(earnedAt: purchase.occurredAt),
      expiresAt: program.expiresAt(earnedAt: purchase.occurredAt))
    operate(cause, bookedAt: bookedAt, into: &journal) { account, booking in
      if account.terms.standing.isClosed(at: purchase.occurredAt) {
        account.refuse(.earningRefused, .accountClosed, in: &booking)
      } else if account.totals.issued.isBeyondTotal {
        account.refuse(.earningRefused, .amountOutOfRange, in: &booking)
      } else if record.spend.eligible > 0 {
        account.award(purchase, &record, under: program, traits: traits, rooms: &rooms, in: &booking)
      }
      if !account.waitingReturns.isEmpty { account.applyWaitingReturns(to: &record, under: program, in: &booking) }
    }
    record.expired += journal.takeExpiry(of: record.lotId)
    return record
  }

  private mutating func award(
    _ purchase: Transaction, _ record: inout PurchaseRecord, under program: Program, traits: MemberTraits?,
    rooms: inout CampaignRooms, in booking: inout Booking
  ) {
    record.number = counters.purchases + 1
    let lot = record.emptyLot(under: program)
    let facts = RatingFacts(
      of: purchase, spend: record.spend, lotId: lot.id, under: program, traits: traits, number: record.number)
    let award = program.rate(
      facts, level: tierLevel(at: purchase.occurredAt), counters: &counters, rooms: &rooms)
    counters.purchases += 1
    counters.bound(at: facts.day)
    record.awards = award.lines.map(\.award)
    record.visitRules = award.visitRules
    record.thresholds = award.thresholds
    record.counts = award.counts
    if program.asksForAnswersAgain { record.answers = facts.answers(under: program) }
    post(award, lot: lot, under: program, in: &booking)
  }

  /// Books an award into a lot of its own: pending while its time says so, or the account is frozen. Notes what its
  /// campaigns' budgets owe.
  mutating func post(_ award: Award, lot: Lot, under program: Program, in booking: inout Booking) {
    for line in award.lines where line.award.deferred > 0 { booking.journal.noteDeferral(line, of: lot) }
    for line in award.lines where line.award.points == 0 && line.award.deferred == 0 && line.capped != nil {
      refuse(line, in: &booking)
    }
    let granted = award.points
    guard award.lines.contains(where: { $0.award.points != 0 }) else { return }
    if granted > 0 { keepLots(activityAt: lot.earnedAt, under: program) }
    let part = lot.pendingUntil == nil && !terms.standing.isFrozen ? LotPart.available : .pending
    let owedBefore = owed
    for line in award.lines where line.award.points != 0 {
      if line.award.points > 0 {
        post(
          .pointsEarned, line.award.points, from: .programIssued, to: part.account, lot: lot, line: line, in: &booking)
      } else {
        post(
          .pointsReduced, -line.award.points, from: part.account, to: .programIssued, lot: lot, line: line,
          in: &booking)
      }
    }
    if granted > 0 { fill(lotAt: open(lot), part, granted, owed: owedBefore) }
  }

  private mutating func applyWaitingReturns(
    to record: inout PurchaseRecord, under program: Program, in booking: inout Booking
  ) {
    let waiting = waitingReturns.filter { $0.transaction.purchaseId == record.purchaseId }
    guard !waiting.isEmpty else { return }
    waitingReturns.removeAll { $0.transaction.purchaseId == record.purchaseId }
    for waiting in waiting {
      booking.turn(to: cause(of: waiting.transaction, record))
      reverse(waiting.transaction, record: &record, under: program, in: &booking)
    }
  }
}
