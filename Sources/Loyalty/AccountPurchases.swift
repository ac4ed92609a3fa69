/// Earning.
extension Account {
  /// Rates a purchase under the version in force when it occurred and books what it earns into one lot; returns that
  /// came before it are applied at once. The caller has made sure that this purchase was not booked before.
  package mutating func book(
    _ purchase: Transaction, under program: Program, bookedAt: Instant, into journal: inout Journal
  ) -> PurchaseRecord {
    settle(upTo: purchase.occurredAt, bookedAt: bookedAt, into: &journal)
    let eligible = purchase.eligibleSpendOfLines()
    var record = PurchaseRecord(
      purchaseId: purchase.id, source: purchase.source, occurredAt: purchase.occurredAt, currency: purchase.currency,
      programVersion: program.version, spend: PurchaseSpend(of: purchase, eligibleSpendOfLines: eligible),
      pendingUntil: program.pendingUntil(earnedAt: purchase.occurredAt),
      expiresAt: program.expiresAt(earnedAt: purchase.occurredAt))
    let cause = Cause(event: purchase, programId: programId, programVersion: program.version, bookedAt: bookedAt)
    if terms.standing.isClosed(at: purchase.occurredAt) {
      refuse(.earningRefused, .accountClosed, cause: cause, into: &journal)
    } else if record.spend.eligible > 0 {
      applyRules(of: program, to: purchase, eligible: eligible, record: &record)
    }
    bookAward(record, under: program, cause: cause, into: &journal)
    if !waitingReturns.isEmpty {
      applyWaitingReturns(to: &record, under: program, bookedAt: bookedAt, into: &journal)
    }
    close()
    settle(upTo: clock, bookedAt: bookedAt, into: &journal)
    record.expired += journal.takeExpiry(of: record.lotId)
    return record
  }

  private mutating func applyRules(
    of program: Program, to purchase: Transaction, eligible: [Int64], record: inout PurchaseRecord
  ) {
    for rule in program.earning {
      let spend = program.eligibleSpend(of: purchase.lines, eligible: eligible, matching: rule.when)
      guard spend > 0 else { continue }
      switch rule.kind {
      case .spend(let points, let per):
        let points = program.points(points, per: per, for: spend, in: purchase.currency)
        if points > 0 { record.awards.append(RuleAward(rule: rule.id, points: points)) }
      case .visits(let every, let points):
        record.visitRules.append(rule.id)
        if countVisit(of: rule.id, every: every) {
          record.awards.append(RuleAward(rule: rule.id, points: points, isBonus: true))
        }
      }
    }
    let factor = program.tierFactor(of: tierLevel(at: purchase.occurredAt))
    if factor != .one { record.tierPoints = program.tierPoints(on: record.basePoints, factor: factor) }
  }

  /// Whether this visit completes the count.
  private mutating func countVisit(of rule: String, every: Int) -> Bool {
    let index = visitProgress.firstIndex { $0.rule == rule } ?? visitProgress.count
    if index == visitProgress.count { visitProgress.append(VisitProgress(rule: rule, count: 0)) }
    visitProgress[index].count += 1
    guard visitProgress[index].count >= every else { return false }
    visitProgress[index].count -= every
    return true
  }

  private mutating func bookAward(
    _ record: PurchaseRecord, under program: Program, cause: Cause, into journal: inout Journal
  ) {
    let granted = record.granted
    guard granted > 0 else { return }
    keepLots(activityAt: record.occurredAt, under: program)
    let part = record.pendingUntil == nil && !terms.standing.isFrozen ? LotPart.available : .pending
    let lot = record.emptyLot
    let owedBefore = owed
    journal.openBooking()
    for award in record.awards {
      post(
        .pointsEarned, award.points, from: .programIssued, to: part.account, lot: lot, rule: award.rule,
        cause: cause, into: &journal)
    }
    if record.tierPoints > 0 {
      post(
        .pointsEarned, record.tierPoints, from: .programIssued, to: part.account, lot: lot,
        rule: TierScheme.rule, cause: cause, into: &journal)
    }
    journal.closeBooking()
    fill(lotAt: open(lot), part, granted, owed: owedBefore)
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

extension PurchaseRecord {
  /// The lot its award opens, or opens again.
  var emptyLot: Lot {
    Lot(
      id: lotId, earnedAt: occurredAt, pendingUntil: pendingUntil, expiresAt: expiresAt,
      programVersion: programVersion)
  }
}

extension Transaction {
  /// The purchase that a return or cancel takes back; nil for a purchase.
  package var purchaseId: String? {
    switch kind {
    case .purchase: nil
    case .returned(let returned): returned.purchaseId
    case .cancelled(let purchaseId): purchaseId
    }
  }
}
