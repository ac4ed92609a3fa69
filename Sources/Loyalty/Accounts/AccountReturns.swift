/// Returns and cancels.
extension Account {
  /// Takes back in proportion what a purchase was granted: cumulatively, so that refunds in any number of parts take
  /// exactly what a single one would. A return that was applied before moves nothing. `program` is the version that
  /// granted the points.
  package mutating func apply(
    _ reversal: Transaction, to record: inout PurchaseRecord, under program: Program, bookedAt: Instant,
    into journal: inout Journal
  ) {
    settle(upTo: reversal.occurredAt, bookedAt: bookedAt, into: &journal)
    record.expired += journal.takeExpiry(of: record.lotId)
    reverse(reversal, record: &record, under: program, bookedAt: bookedAt, into: &journal)
    close()
  }

  /// Keeps a return whose purchase has not been seen. It is refused when the purchase does not come within
  /// `returns.waitDays`, or at once when too many are waiting.
  package mutating func keepWaiting(
    _ reversal: Transaction, under program: Program, bookedAt: Instant, into journal: inout Journal
  ) {
    settle(upTo: reversal.occurredAt, bookedAt: bookedAt, into: &journal)
    let isKnown = waitingReturns.contains {
      $0.transaction.id == reversal.id && $0.transaction.source == reversal.source
    }
    guard !isKnown else { return }
    let deadline = program.calendar.adding(days: program.returns.waitDays, to: reversal.occurredAt)
    let waiting = WaitingReturn(transaction: reversal, deadline: deadline, programVersion: program.version)
    if waitingReturns.count < Account.waitingReturnsMax {
      waitingReturns.append(waiting)
    } else {
      let cause = Cause(
        event: reversal, programId: programId, programVersion: program.version, bookedAt: bookedAt)
      refuse(.returnRefused, .purchaseNotFound, cause: cause, into: &journal)
    }
    close()
    settle(upTo: clock, bookedAt: bookedAt, into: &journal)
  }

  package static let waitingReturnsMax = 100

  mutating func reverse(
    _ reversal: Transaction, record: inout PurchaseRecord, under program: Program, bookedAt: Instant,
    into journal: inout Journal
  ) {
    let key = Lot.id(source: reversal.source, purchaseId: reversal.id)
    guard !record.returnIds.contains(key) else { return }
    var cause = Cause(
      event: reversal, programId: programId, programVersion: record.programVersion, bookedAt: bookedAt)
    cause.purchase = record.lotId
    guard reversal.currency == record.currency || reversal.currency == .unspecified else {
      return refuse(.returnRefused, .currencyMismatch, cause: cause, into: &journal)
    }
    let wasVisit = record.spend.isVisit
    switch reversal.kind {
    case .purchase: preconditionFailure("a purchase reverses nothing")
    case .cancelled: _ = record.spend.cancel()
    case .returned(let returned):
      guard record.spend.refund(returned) != nil else {
        return refuse(.returnRefused, .lineNotFound, cause: cause, into: &journal)
      }
    }
    record.returnIds.append(key)
    if wasVisit, !record.spend.isVisit {
      uncountVisit(of: &record, after: .init(reversal), under: program, into: &journal)
    }
    rejudgeThresholds(of: &record, after: .init(reversal), under: program, into: &journal)
    let due = max(0, record.reversalDue(under: program) - record.reversed)
    journal.openBooking()
    takeBack(
      due, from: &record, as: .pointsReversed, to: .programReversed, rule: Account.returnRule,
      overdraw: program.returns.overdraw, cause: cause, into: &journal)
    journal.closeBooking()
    record.reversed += due
  }

  static let returnRule = "return"

  /// Takes points that a purchase had brought: out of its own lot, then out of what expired of it (the member has lost
  /// those already), then out of the other lots in their order; in each lot what is pending first. What is missing is
  /// a shortfall or a debt.
  mutating func takeBack(
    _ wanted: Points, from record: inout some AwardHolder, as type: EntryType, to credit: LedgerAccount, rule: String,
    line: AwardLine? = nil, overdraw: ReturnPolicy.Overdraw, cause: Cause, into journal: inout Journal
  ) {
    var missing = wanted
    if missing > 0, let own = ownLot(of: record) {
      missing -= takeBoth(
        missing, ofLotAt: own, as: type, to: credit, rule: rule, line: line, cause: cause, into: &journal)
    }
    if missing > 0, record.expired > 0 {
      let taken = min(missing, record.expired)
      record.expired -= taken
      missing -= taken
      post(
        type, taken, from: .programExpired, to: credit, lot: record.emptyLot, rule: rule, line: line, cause: cause,
        into: &journal)
    }
    for index in lots.indices where missing > 0 {
      missing -= takeBoth(
        missing, ofLotAt: index, as: type, to: credit, rule: rule, line: line, cause: cause, into: &journal)
    }
    guard missing > 0 else { return }
    switch overdraw {
    case .negative:
      post(
        type, missing, from: .memberAvailable, to: credit, lot: nil, rule: rule, line: line, cause: cause,
        into: &journal)
    case .clamp:
      shortfall += missing
      if journal.nextNumber == 1 {
        post(
          type, 0, from: .memberAvailable, to: credit, lot: nil, rule: rule, line: line, cause: cause, into: &journal)
      }
      journal.noteShortfall(missing)
    }
  }

  private mutating func takeBoth(
    _ wanted: Points, ofLotAt index: Int, as type: EntryType, to credit: LedgerAccount, rule: String,
    line: AwardLine?, cause: Cause, into journal: inout Journal
  ) -> Points {
    let pending = take(
      wanted, ofLotAt: index, .pending, as: type, to: credit, rule: rule, line: line, cause: cause, into: &journal)
    let available = take(
      wanted - pending, ofLotAt: index, .available, as: type, to: credit, rule: rule, line: line, cause: cause,
      into: &journal)
    return pending + available
  }
}
