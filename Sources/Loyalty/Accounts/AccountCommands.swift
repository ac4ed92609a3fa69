/// Redemptions and adjustments. The caller answers a command id it has a record of from that record, and moves nothing.
extension Account {
  package mutating func redeem(
    _ points: Points, for command: MemberCommand, under program: Program, bookedAt: Instant, into journal: inout Journal
  ) -> CommandRecord {
    settle(upTo: command.occurredAt, bookedAt: bookedAt, into: &journal)
    let cause = Cause(command: command, programId: programId, programVersion: program.version, bookedAt: bookedAt)
    if let code = refusal(ofRedeeming: points, under: program) {
      return refused(command, .redemptionRefused, code, cause: cause, into: &journal)
    }
    keepLots(activityAt: command.occurredAt, under: program)
    let parts = takeAvailable(points, as: .pointsRedeemed, to: .programRedeemed, cause: cause, into: &journal)
    close()
    return CommandRecord(
      id: command.id, outcome: .redeemed(parts: parts, isCancelled: false), occurredAt: command.occurredAt)
  }

  /// Gives points back to the lots they came from, with their expiry; where that has passed, to a lot of their own that
  /// lives `returns.graceDays`. `redemption` is the record of the redemption named, nil if there is none.
  package mutating func cancelRedemption(
    _ redemption: inout CommandRecord?, for command: MemberCommand, under program: Program, bookedAt: Instant,
    into journal: inout Journal
  ) -> CommandRecord {
    settle(upTo: command.occurredAt, bookedAt: bookedAt, into: &journal)
    let cause = Cause(command: command, programId: programId, programVersion: program.version, bookedAt: bookedAt)
    guard case .redeemed(let parts, let isCancelled)? = redemption?.outcome else {
      return refused(command, .redemptionCancelRefused, .unknownRedemption, cause: cause, into: &journal)
    }
    guard !isCancelled else {
      return refused(command, .redemptionCancelRefused, .alreadyCancelled, cause: cause, into: &journal)
    }
    guard terms.standing.name != .closed else {
      return refused(command, .redemptionCancelRefused, .accountClosed, cause: cause, into: &journal)
    }
    journal.openBooking()
    for part in parts {
      giveBack(
        part, as: .redemptionCancelled, from: .programRedeemed, causeId: command.id, under: program, cause: cause,
        into: &journal)
    }
    journal.closeBooking()
    close()
    settle(upTo: clock, bookedAt: bookedAt, into: &journal)
    redemption?.outcome = .redeemed(parts: parts, isCancelled: true)
    return CommandRecord(id: command.id, outcome: .redemptionCancelled, occurredAt: command.occurredAt)
  }

  package mutating func adjust(
    by points: Points, for command: MemberCommand, under program: Program, bookedAt: Instant,
    into journal: inout Journal
  ) -> CommandRecord {
    settle(upTo: command.occurredAt, bookedAt: bookedAt, into: &journal)
    let cause = Cause(command: command, programId: programId, programVersion: program.version, bookedAt: bookedAt)
    if let code = refusal(ofAdjustingBy: points, command) {
      return refused(command, .adjustmentRefused, code, cause: cause, into: &journal)
    }
    if points > 0 {
      let lot = Lot(
        id: ":adjust:" + command.id, earnedAt: command.occurredAt,
        expiresAt: program.expiresAt(earnedAt: command.occurredAt), programVersion: program.version)
      let owedBefore = owed
      journal.openBooking()
      post(
        .pointsAdjusted, points, from: .programIssued, to: .memberAvailable, lot: lot, rule: nil, cause: cause,
        into: &journal)
      fill(lot, .available, points, owed: owedBefore)
    } else {
      _ = takeAvailable(-points, as: .pointsAdjusted, to: .programAdjusted, cause: cause, into: &journal)
    }
    close()
    settle(upTo: clock, bookedAt: bookedAt, into: &journal)
    return CommandRecord(id: command.id, outcome: .adjusted, occurredAt: command.occurredAt)
  }

  private func refusal(ofRedeeming points: Points, under program: Program) -> RefusalCode? {
    if let code = terms.standing.refusal { return code }
    if program.status != .active { return .programPaused }
    if points <= 0 || points > .largestMovement { return .amountOutOfRange }
    if points < program.redemption.minimumPoints { return .belowMinimum }
    return points > totals.available ? .insufficientPoints : nil
  }

  private func refusal(ofAdjustingBy points: Points, _ command: MemberCommand) -> RefusalCode? {
    if (command.actor ?? "").isEmpty || (command.reason ?? "").isEmpty { return .actorAndReasonRequired }
    if terms.standing.name == .closed { return .accountClosed }
    if points == 0 || points > .largestMovement || points < -Points.largestMovement { return .amountOutOfRange }
    return -points > max(0, totals.available) ? .insufficientPoints : nil
  }

  mutating func refused(
    _ command: MemberCommand, _ type: EntryType, _ code: RefusalCode, cause: Cause, into journal: inout Journal
  ) -> CommandRecord {
    refuse(type, code, cause: cause, into: &journal)
    return CommandRecord(id: command.id, outcome: .refused(code: code), occurredAt: command.occurredAt)
  }

  /// Takes available points in the order of the lots; there are enough.
  mutating func takeAvailable(
    _ wanted: Points, as type: EntryType, to credit: LedgerAccount, cause: Cause, into journal: inout Journal
  ) -> [RedeemedPart] {
    var parts: [RedeemedPart] = []
    var missing = wanted
    journal.openBooking()
    for index in lots.indices where missing > 0 && lots[index].available > 0 {
      let lot = lots[index]
      let taken = take(
        missing, ofLotAt: index, .available, as: type, to: credit, rule: nil, cause: cause, into: &journal)
      missing -= taken
      parts.append(
        RedeemedPart(
          lotId: lot.id, points: taken, earnedAt: lot.earnedAt, expiresAt: lot.expiresAt,
          programVersion: lot.programVersion))
    }
    journal.closeBooking()
    precondition(missing == 0, "lots hold less than the available balance")
    return parts
  }

  /// Gives points back to the lot they came from, with its expiry; where that has passed, to a lot of their own that
  /// lives `returns.graceDays`. `causeId` makes that lot's id its own.
  mutating func giveBack(
    _ part: RedeemedPart, as type: EntryType, from debit: LedgerAccount, causeId: String, under program: Program,
    cause: Cause, into journal: inout Journal
  ) {
    var lot = Lot(
      id: part.lotId, earnedAt: part.earnedAt, expiresAt: part.expiresAt, programVersion: part.programVersion)
    if let expiresAt = terms.postponed(part.expiresAt), expiresAt <= clock {
      lot.id = ":grace:" + causeId + ":" + part.lotId
      lot.expiresAt = program.calendar.adding(days: program.returns.graceDays, to: clock)
    }
    let owedBefore = owed
    post(
      type, part.points, from: debit, to: .memberAvailable, lot: lot, rule: nil, cause: cause, into: &journal)
    fill(lot, .available, part.points, owed: owedBefore)
  }
}
