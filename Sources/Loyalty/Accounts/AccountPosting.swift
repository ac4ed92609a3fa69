/// How every operation moves points: one entry a movement, the totals, and the lots that hold them.
extension Account {
  enum LotPart {
    case pending, available

    var account: LedgerAccount { self == .pending ? .memberPending : .memberAvailable }
  }

  var owed: Points { max(0, -totals.available) }

  mutating func post(
    _ type: EntryType, _ points: Points, from debit: LedgerAccount, to credit: LedgerAccount, lot: Lot?,
    rule: String?, line: AwardLine? = nil, cause: Cause, into journal: inout Journal
  ) {
    totals.move(points, from: debit, to: credit)
    append(type, points, from: debit, to: credit, lot: lot, rule: rule, line: line, cause: cause, into: &journal)
  }

  mutating func refuse(_ type: EntryType, _ code: RefusalCode, cause: Cause, into journal: inout Journal) {
    journal.openBooking()
    var cause = cause
    cause.reason = code.rawValue
    append(type, 0, from: nil, to: nil, lot: nil, rule: nil, cause: cause, into: &journal)
  }

  /// Tells of a rule or factor of which a limit left nothing, so that nobody has to wonder why there are no points.
  mutating func refuse(_ line: AwardLine, cause: Cause, into journal: inout Journal) {
    journal.openBooking()
    var cause = cause
    cause.idPrefix += "/limit/" + line.award.rule
    cause.reason = RefusalCode.limitReached.rawValue
    append(
      .earningRefused, 0, from: nil, to: nil, lot: nil, rule: line.award.rule, line: line, cause: cause, into: &journal)
  }

  /// An entry that moves nothing: what becomes of the account as a whole.
  mutating func tell(_ type: EntryType, until endsAt: Instant?, cause: Cause, into journal: inout Journal) {
    append(type, 0, from: nil, to: nil, lot: nil, rule: nil, cause: cause, into: &journal)
    if let endsAt { journal.noteEnd(endsAt) }
  }

  /// What `lot` held lies in `whole` now.
  mutating func tellMerge(of lot: Lot, into whole: Lot, bookedAt: Instant, _ journal: inout Journal) {
    let cause = Cause(
      idPrefix: Cause.idPrefix(programId, "merge", memberId, String(sequence + 1)), id: lot.id, source: nil,
      occurredAt: clock, bookedAt: bookedAt, programVersion: whole.programVersion)
    append(.lotsMerged, 0, from: nil, to: nil, lot: whole, rule: nil, cause: cause, into: &journal)
    journal.noteTerms(of: whole)
  }

  private mutating func append(
    _ type: EntryType, _ points: Points, from debit: LedgerAccount?, to credit: LedgerAccount?, lot: Lot?,
    rule: String?, line: AwardLine? = nil, cause: Cause, into journal: inout Journal
  ) {
    sequence += 1
    let traits = type.traits
    let gives = credit == .memberPending || credit == .memberAvailable
    journal.append(
      LedgerEntry(
        id: cause.entryId(journal.nextNumber), type: type, memberId: memberId, programId: programId,
        sequence: sequence, points: points, debit: debit, credit: credit, lotId: lot?.id,
        pendingUntil: credit == .memberPending ? lot?.pendingUntil : nil,
        expiresAt: gives ? terms.postponed(lot?.expiresAt) : nil, earnedAt: traits.reopensLots ? lot?.earnedAt : nil,
        keptUntil: traits.postponesLots ? terms.keptUntil : nil, counterparty: cause.counterparty, cause: cause.id,
        source: cause.source, purchase: cause.purchase, rule: rule, basis: line?.basis, tier: line?.tier,
        capped: line?.capped, actor: cause.actor, reason: cause.reason,
        occurredAt: cause.occurredAt,
        bookedAt: cause.bookedAt, programVersion: cause.programVersion, balances: balances))
  }

  /// Puts points into a lot, opening it where it is not there. What the member owed before, `owed`, is repaid out of
  /// points that become available.
  mutating func fill(_ lot: Lot, _ part: LotPart, _ points: Points, owed: Points) {
    fill(lotAt: lots.firstIndex { $0.id == lot.id } ?? open(lot), part, points, owed: owed)
  }

  mutating func fill(lotAt index: Int, _ part: LotPart, _ points: Points, owed: Points) {
    switch part {
    case .pending: lots[index].pending += points
    case .available: lots[index].available += points - min(points, owed)
    }
  }

  /// Inserts a lot, empty still, where debits will look for it.
  mutating func open(_ lot: Lot) -> Int {
    var index = lots.count
    while index > 0, lot.isTakenBefore(lots[index - 1], keptUntil: terms.keptUntil) { index -= 1 }
    lots.insert(lot, at: index)
    return index
  }

  /// Takes up to `wanted` out of one part of a lot and says how much that was. The lot stays, perhaps empty.
  mutating func take(
    _ wanted: Points, ofLotAt index: Int, _ part: LotPart, as type: EntryType, to credit: LedgerAccount, rule: String?,
    line: AwardLine? = nil, cause: Cause, into journal: inout Journal
  ) -> Points {
    let held = part == .pending ? lots[index].pending : lots[index].available
    let taken = min(wanted, held)
    guard taken > 0 else { return 0 }
    switch part {
    case .pending: lots[index].pending -= taken
    case .available: lots[index].available -= taken
    }
    post(
      type, taken, from: part.account, to: credit, lot: lots[index], rule: rule, line: line, cause: cause,
      into: &journal)
    return taken
  }

  /// Ends an operation: drops empty lots, finds what is due next, asserts that nothing was made or lost.
  mutating func close() {
    var pending: Points = 0
    var available: Points = 0
    var due = Instant.distantFuture
    var hasEmpty = false
    for index in lots.indices {
      pending += lots[index].pending
      available += lots[index].available
      hasEmpty = hasEmpty || lots[index].isEmpty
      if let next = terms.nextDue(of: lots[index]) { due = min(due, next) }
    }
    if hasEmpty { lots.removeAll { $0.isEmpty } }
    for waiting in waitingReturns { due = min(due, waiting.deadline) }
    nextDue = due == .distantFuture ? nil : due
    precondition(totals.isBalanced, "the ledger of an account does not balance")
    precondition(
      pending == totals.pending && available == max(0, totals.available), "lots and balances of an account differ")
  }
}
