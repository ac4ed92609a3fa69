/// How every operation moves points: one entry a movement, the totals, and the lots that hold them.
extension Account {
  enum LotPart {
    case pending, available

    var account: LedgerAccount { self == .pending ? .memberPending : .memberAvailable }
  }

  var owed: Points { max(0, -totals.available) }

  // MARK: Entries

  /// - Parameter line: of an award, where it is one that gave or takes these points.
  mutating func post(
    _ type: EntryType, _ points: Points, from debit: LedgerAccount, to credit: LedgerAccount, lot: Lot? = nil,
    line: AwardLine? = nil, in booking: inout Booking
  ) {
    totals.move(points, from: debit, to: credit)
    append(type, points, from: debit, to: credit, lot: lot, line: line, in: &booking)
  }

  /// An entry of its own, which belongs to no others.
  ///
  /// - Parameter path: JSON path of what is at fault in the event.
  mutating func refuse(
    _ type: EntryType, _ code: RefusalCode, at path: String? = nil, line: AwardLine? = nil, in booking: inout Booking
  ) {
    booking.split()
    let reason = booking.cause.reason
    booking.cause.reason = code.rawValue
    append(type, 0, from: nil, to: nil, lot: nil, line: line, path: path, in: &booking)
    booking.split()
    booking.cause.reason = reason
  }

  /// Tells of a rule or factor of which a limit left nothing, so that nobody has to wonder why there are no points.
  mutating func refuse(_ line: AwardLine, in booking: inout Booking) {
    let idPrefix = booking.cause.idPrefix
    booking.cause.idPrefix += "/limit/" + line.award.rule
    refuse(.earningRefused, .limitReached, line: line, in: &booking)
    booking.cause.idPrefix = idPrefix
  }

  /// An entry that moves nothing: what becomes of the account as a whole.
  mutating func tell(_ type: EntryType, until endsAt: Instant? = nil, in booking: inout Booking) {
    append(type, 0, from: nil, to: nil, lot: nil, in: &booking)
    if let endsAt { booking.journal.noteEnd(endsAt) }
  }

  /// What the lot `booking.cause` names held lies in `whole` now.
  mutating func tellMerge(into whole: Lot, in booking: inout Booking) {
    append(.lotsMerged, 0, from: nil, to: nil, lot: whole, in: &booking)
    booking.journal.noteTerms(of: whole)
  }

  private mutating func append(
    _ type: EntryType, _ points: Points, from debit: LedgerAccount?, to credit: LedgerAccount?, lot: Lot?,
    line: AwardLine? = nil, path: String? = nil, in booking: inout Booking
  ) {
    sequence += 1
    let traits = type.traits
    let gives = credit == .memberPending || credit == .memberAvailable
    booking.journal.append(
      LedgerEntry(
        id: booking.nextId, type: type, memberId: memberId, programId: programId,
        sequence: sequence, points: points, debit: debit, credit: credit, lotId: lot?.id,
        pendingUntil: credit == .memberPending ? lot?.pendingUntil : nil,
        expiresAt: gives ? lot.flatMap { terms.postponedExpiry(of: $0) } : nil,
        latestExpiry: gives ? lot?.latestExpiry : nil, earnedAt: traits.reopensLots ? lot?.earnedAt : nil,
        keptUntil: traits.postponesLots ? terms.keptUntil : nil, counterparty: booking.cause.counterparty,
        cause: booking.cause.id, source: booking.cause.source, purchase: booking.cause.purchase,
        rule: line?.award.rule ?? booking.cause.rule, basis: line?.basis, tier: line?.tier, capped: line?.capped,
        actor: booking.cause.actor, reason: booking.cause.reason, path: path,
        approval: booking.cause.approval, occurredAt: booking.cause.occurredAt,
        bookedAt: booking.bookedAt, programVersion: booking.cause.programVersion, balances: balances,
        accountStatus: terms.standing.name == .active ? nil : terms.standing.name))
  }

  // MARK: Lots

  /// Gives points to the member, into a lot that is opened where it is not there; `debit` is where they come from, if
  /// that is not where this type's come from. What the member owed is repaid first.
  mutating func give(
    _ points: Points, to lot: Lot, _ part: LotPart = .available, as type: EntryType, from debit: LedgerAccount? = nil,
    line: AwardLine? = nil, in booking: inout Booking
  ) {
    let owedBefore = owed
    post(type, points, from: debit ?? type.giver, to: part.account, lot: lot, line: line, in: &booking)
    fill(lotAt: lots.firstIndex { $0.id == lot.id } ?? open(lot), part, points, owed: owedBefore)
  }

  /// Puts points into a lot. What the member owed before, `owed`, is repaid out of points that become available.
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
    _ wanted: Points, ofLotAt index: Int, _ part: LotPart, as type: EntryType, line: AwardLine? = nil,
    in booking: inout Booking
  ) -> Points {
    let held = part == .pending ? lots[index].pending : lots[index].available
    let taken = min(wanted, held)
    guard taken > 0 else { return 0 }
    switch part {
    case .pending: lots[index].pending -= taken
    case .available: lots[index].available -= taken
    }
    post(type, taken, from: part.account, to: type.taker, lot: lots[index], line: line, in: &booking)
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
      if let next = terms.nextDue(of: lots[index].dates) { due = min(due, next) }
    }
    if hasEmpty { lots.removeAll { $0.isEmpty } }
    for waiting in waitingReturns { due = min(due, waiting.deadline) }
    nextDue = due == .distantFuture ? nil : due
    precondition(totals.isBalanced, "the ledger of an account does not balance")
    precondition(
      pending == totals.pending && available == max(0, totals.available), "lots and balances of an account differ")
  }
}

extension EntryType {
  /// Where points that it gives to the member come from.
  var giver: LedgerAccount {
    guard let account = traits.gives else { preconditionFailure("\(rawValue) gives no points") }
    return account
  }

  /// Where points that it takes from the member go to.
  var taker: LedgerAccount {
    guard let account = traits.takes else { preconditionFailure("\(rawValue) takes no points") }
    return account
  }
}
