/// Returns and cancels.
extension Account {
  /// Takes back in proportion what a purchase was granted: cumulatively, so that refunds in any number of parts take
  /// exactly what a single one would. A return that was applied before moves nothing. `program` is the version that
  /// granted the points.
  package mutating func apply(
    _ reversal: Transaction, to record: inout PurchaseRecord, under program: Program, bookedAt: Instant,
    into journal: inout Journal
  ) {
    operate(cause(of: reversal, record), bookedAt: bookedAt, into: &journal) { account, booking in
      record.expired += booking.journal.takeExpiry(of: record.lotId)
      account.reverse(reversal, record: &record, under: program, in: &booking)
    }
  }

  /// Keeps a return whose purchase has not been seen. It is refused when the purchase does not come within
  /// `returns.waitDays`, or at once when too many are waiting or take too many bytes.
  package mutating func keepWaiting(
    _ reversal: Transaction, under program: Program, bookedAt: Instant, into journal: inout Journal
  ) {
    let cause = Cause(event: reversal, programId: programId, programVersion: program.version)
    operate(cause, bookedAt: bookedAt, into: &journal) { account, booking in
      let isKnown = account.waitingReturns.contains {
        $0.transaction.id == reversal.id && $0.transaction.source == reversal.source
      }
      guard !isKnown else { return }
      let deadline = program.calendar.adding(days: program.returns.waitDays, to: reversal.occurredAt)
      let waiting = WaitingReturn(transaction: reversal, deadline: deadline, programVersion: program.version)
      guard WaitingRoom.takes(waiting.bytesMax, beside: account.waitingReturns.map(\.bytesMax)) else {
        return account.refuse(.returnRefused, .tooManyReturns, in: &booking)
      }
      account.waitingReturns.append(waiting)
    }
  }

  func cause(of reversal: Transaction, _ record: PurchaseRecord) -> Cause {
    var cause = Cause(event: reversal, programId: programId, programVersion: record.programVersion)
    cause.purchase = record.lotId
    return cause
  }

  /// What `booking` is about: it names the purchase.
  mutating func reverse(
    _ reversal: Transaction, record: inout PurchaseRecord, under program: Program, in booking: inout Booking
  ) {
    let key = reversal.returnDigest
    guard !record.returnIds.contains(key) else { return }
    guard record.returnIds.count < PurchaseSpend.returnsMax else {
      return refuse(.returnRefused, .tooManyReturns, in: &booking)
    }
    let wasVisit = record.spend.isVisit
    if case .failure(let refusal) = record.spend.take(reversal, paidIn: record.currency) {
      return refuse(.returnRefused, refusal.code, at: refusal.path, in: &booking)
    }
    record.returnIds.append(key)
    if wasVisit, !record.spend.isVisit {
      uncountVisit(of: &record, after: .init(reversal), under: program, into: &booking.journal)
      if !record.counts.isEmpty {
        counters.giveBack(record.counts, on: program.calendar.day(of: record.occurredAt), under: program)
      }
    }
    rejudgeThresholds(of: &record, after: .init(reversal), under: program, into: &booking.journal)
    let due = max(0, record.reversalDue(under: program) - record.reversed)
    record.reversed += due
    reverse(due, of: &record, under: program, in: &booking)
  }

  static let returnRule = "return"

  /// Takes back what refunds have made due of an award.
  mutating func reverse(
    _ points: Points, of record: inout some AwardHolder, under program: Program, in booking: inout Booking
  ) {
    guard points > 0 else { return }
    let (purchase, rule) = (booking.cause.purchase, booking.cause.rule)
    booking.cause.purchase = record.lotId
    booking.cause.rule = Account.returnRule
    takeBack(points, from: &record, as: .pointsReversed, under: program, in: &booking)
    booking.cause.purchase = purchase
    booking.cause.rule = rule
  }

  /// Takes points that an award had brought: out of its own lot, then out of what expired of it (the member has lost
  /// those already), then out of the other lots in their order; in each lot what is pending first. What is missing is
  /// a shortfall or a debt.
  mutating func takeBack(
    _ wanted: Points, from record: inout some AwardHolder, as type: EntryType, line: AwardLine? = nil,
    under program: Program, in booking: inout Booking
  ) {
    var missing = wanted
    if missing > 0, let own = ownLot(of: record) {
      missing -= takeBoth(missing, ofLotAt: own, as: type, line: line, in: &booking)
    }
    if missing > 0, record.expired > 0 {
      let taken = min(missing, record.expired)
      record.expired -= taken
      missing -= taken
      post(
        type, taken, from: .programExpired, to: type.taker, lot: record.emptyLot(under: program), line: line,
        in: &booking)
    }
    for index in lots.indices where missing > 0 {
      missing -= takeBoth(missing, ofLotAt: index, as: type, line: line, in: &booking)
    }
    guard missing > 0 else { return }
    switch program.returns.overdraw {
    case .negative: post(type, missing, from: .memberAvailable, to: type.taker, line: line, in: &booking)
    case .clamp:
      shortfall += missing
      if booking.nextNumber == 1 { post(type, 0, from: .memberAvailable, to: type.taker, line: line, in: &booking) }
      booking.journal.noteShortfall(missing)
    }
  }

  private mutating func takeBoth(
    _ wanted: Points, ofLotAt index: Int, as type: EntryType, line: AwardLine?, in booking: inout Booking
  ) -> Points {
    let pending = take(wanted, ofLotAt: index, .pending, as: type, line: line, in: &booking)
    let available = take(wanted - pending, ofLotAt: index, .available, as: type, line: line, in: &booking)
    return pending + available
  }
}
