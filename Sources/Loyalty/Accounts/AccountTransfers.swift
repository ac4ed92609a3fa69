/// Giving points to another member, and getting them.
extension Account {
  /// Books points out, out of ``lotsMax`` lots at most, those that expire first, and says what is to be handed over; nil with a refusal. The caller
  /// hands the transfer over in the transaction that stores this account.
  package mutating func send(
    _ points: Points, to recipient: String, for command: MemberCommand, under program: Program, bookedAt: Instant,
    into journal: inout Journal
  ) -> (record: CommandRecord, transfer: Transfer?) {
    settle(upTo: command.occurredAt, bookedAt: bookedAt, into: &journal)
    var cause = Cause(command: command, programId: programId, programVersion: program.version, bookedAt: bookedAt)
    cause.counterparty = recipient
    sent = sent.at(clock, in: program.calendar)
    if let code = refusal(ofSending: points, to: recipient, under: program) {
      return (refused(command, .transferRefused, code, cause: cause, into: &journal), nil)
    }
    let parts = takeAvailable(points, as: .transferredOut, to: .programTransfer, cause: cause, into: &journal)
    sent.add(points)
    close()
    let transfer = Transfer(
      id: command.id, programId: programId, programVersion: program.version, from: memberId, to: recipient,
      occurredAt: command.occurredAt,
      parts: parts.map {
        Transfer.Part(
          points: $0.points, earnedAt: $0.earnedAt, expiresAt: terms.postponed($0.expiresAt),
          programVersion: $0.programVersion)
      })
    let record = CommandRecord(
      id: command.id, outcome: .transferred(parts: parts, isReturned: false), occurredAt: command.occurredAt)
    return (record, transfer)
  }

  /// Books points of another member in, each part in a lot of its own that keeps its expiry. Says why it cannot; then
  /// nothing has moved, and the transfer is to be sent back.
  package mutating func receive(_ transfer: Transfer, bookedAt: Instant, into journal: inout Journal) -> RefusalCode? {
    settle(upTo: transfer.occurredAt, bookedAt: bookedAt, into: &journal)
    if terms.standing.name == .closed { return .accountClosed }
    let cause = Cause(transfer: transfer, "transfer", counterparty: transfer.from, bookedAt: bookedAt)
    journal.openBooking()
    for (index, part) in transfer.parts.enumerated() {
      let lot = Lot(
        id: ":transfer:\(transfer.from):\(transfer.id):\(index + 1)", earnedAt: part.earnedAt,
        expiresAt: part.expiresAt, programVersion: part.programVersion)
      let owedBefore = owed
      post(
        .transferredIn, part.points, from: .programTransfer, to: .memberAvailable, lot: lot, rule: nil, cause: cause,
        into: &journal)
      fill(lot, .available, part.points, owed: owedBefore)
    }
    journal.closeBooking()
    close()
    settle(upTo: clock, bookedAt: bookedAt, into: &journal)
    return nil
  }

  /// Books points in again that the recipient could not have: to the lots they came from, with their expiry; where that
  /// has passed, to a lot of their own that lives `returns.graceDays`. `record` is that of the sender's command; a
  /// transfer that has come back before moves nothing.
  package mutating func takeBack(
    _ transfer: Transfer, because code: RefusalCode, record: inout CommandRecord, under program: Program,
    bookedAt: Instant, into journal: inout Journal
  ) {
    guard case .transferred(let parts, isReturned: false) = record.outcome else { return }
    settle(upTo: transfer.occurredAt, bookedAt: bookedAt, into: &journal)
    var cause = Cause(transfer: transfer, "transfer-returned", counterparty: transfer.to, bookedAt: bookedAt)
    cause.reason = code.rawValue
    journal.openBooking()
    for part in parts {
      giveBack(
        part, as: .transferReturned, from: .programTransfer, causeId: transfer.id, under: program, cause: cause,
        into: &journal)
    }
    journal.closeBooking()
    record.outcome = .transferred(parts: parts, isReturned: true)
    close()
    settle(upTo: clock, bookedAt: bookedAt, into: &journal)
  }

  /// A transfer comes back to a member who asked to be forgotten meanwhile: what is nobody's expires.
  package mutating func forfeit(_ transfer: Transfer, bookedAt: Instant, into journal: inout Journal) {
    var cause = Cause(transfer: transfer, "transfer-returned", counterparty: transfer.to, bookedAt: bookedAt)
    cause.reason = RefusalCode.memberErased.rawValue
    journal.openBooking()
    post(
      .transferReturned, transfer.points, from: .programTransfer, to: .programExpired, lot: nil, rule: nil,
      cause: cause, into: &journal)
    close()
  }

  private func refusal(ofSending points: Points, to recipient: String, under program: Program) -> RefusalCode? {
    if let code = terms.standing.refusal { return code }
    if program.status != .active { return .programPaused }
    guard let policy = program.transfer else { return .transferNotAllowed }
    if recipient == memberId { return .sameMember }
    if points <= 0 || points > .largestMovement { return .amountOutOfRange }
    if points < policy.minimumPoints { return .belowMinimum }
    if !sent.allows(points, under: policy) { return .transferLimit }
    return points > totals.available ? .insufficientPoints : nil
  }
}
