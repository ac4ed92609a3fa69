/// Giving points to another member, and getting them.
extension Account {
  /// Books points out, out of ``lotsMax`` lots at most, those that expire first, and says what is to be handed over;
  /// nil with a refusal. The caller hands the transfer over in the transaction that stores this account.
  package mutating func send(
    _ points: Points, to recipient: String, for command: MemberCommand, under program: Program, bookedAt: Instant,
    into journal: inout Journal
  ) -> (record: CommandRecord, transfer: Transfer?) {
    var cause = cause(of: command, program)
    cause.counterparty = recipient
    return operate(cause, bookedAt: bookedAt, into: &journal) { account, booking in
      account.sent = account.sent.at(account.clock, in: program.calendar)
      if let code = account.refusal(ofSending: points, to: recipient, under: program) {
        return (account.refused(command, .transferRefused, code, in: &booking), nil)
      }
      let parts = account.takeAvailable(points, as: .transferredOut, in: &booking)
      account.sent.add(points)
      let transfer = Transfer(
        id: command.id, programId: account.programId, programVersion: program.version, from: account.memberId,
        to: recipient, occurredAt: command.occurredAt,
        parts: parts.map {
          Transfer.Part(
            points: $0.points, earnedAt: $0.earnedAt,
            expiresAt: account.terms.postponed($0.expiresAt, atMost: $0.latestExpiry), latestExpiry: $0.latestExpiry,
            programVersion: $0.programVersion)
        })
      let record = CommandRecord(
        id: command.id, outcome: .transferred(parts: parts, isReturned: false), occurredAt: command.occurredAt)
      return (record, transfer)
    }
  }

  /// Books points of another member in, each part in a lot of its own that keeps its expiry. Says why it cannot; then
  /// nothing has moved, and the transfer is to be sent back.
  package mutating func receive(_ transfer: Transfer, bookedAt: Instant, into journal: inout Journal) -> RefusalCode? {
    let cause = Cause(transfer: transfer, "transfer", counterparty: transfer.from)
    return operate(cause, bookedAt: bookedAt, into: &journal) { account, booking in
      if account.terms.standing.name == .closed { return .accountClosed }
      if account.totals.transferred.isBeyondTotal { return .amountOutOfRange }
      for (index, part) in transfer.parts.enumerated() {
        let lot = Lot(
          id: ":transfer:\(transfer.from):\(booking.cause.lotName):\(index + 1)", earnedAt: part.earnedAt,
          expiresAt: part.expiresAt, latestExpiry: part.latestExpiry, programVersion: part.programVersion)
        account.give(part.points, to: lot, as: .transferredIn, in: &booking)
      }
      return nil
    }
  }

  /// Books points in again that the recipient could not have: to the lots they came from, with their expiry; where that
  /// has passed, to a lot of their own that lives `returns.graceDays`. `record` is that of the sender's command; a
  /// transfer that has come back before moves nothing.
  package mutating func takeBack(
    _ transfer: Transfer, because code: RefusalCode, record: inout CommandRecord, under program: Program,
    bookedAt: Instant, into journal: inout Journal
  ) {
    guard case .transferred(let parts, isReturned: false) = record.outcome else { return }
    var cause = Cause(transfer: transfer, "transfer-returned", counterparty: transfer.to)
    cause.reason = code.rawValue
    operate(cause, bookedAt: bookedAt, into: &journal) { account, booking in
      for part in parts { account.giveBack(part, as: .transferReturned, under: program, in: &booking) }
    }
    record.outcome = .transferred(parts: parts, isReturned: true)
  }

  /// A transfer comes back to a member who asked to be forgotten meanwhile: what is nobody's expires.
  package mutating func forfeit(_ transfer: Transfer, bookedAt: Instant, into journal: inout Journal) {
    var cause = Cause(transfer: transfer, "transfer-returned", counterparty: transfer.to)
    cause.reason = RefusalCode.memberErased.rawValue
    amend(cause, bookedAt: bookedAt, into: &journal) {
      $0.post(.transferReturned, transfer.points, from: .programTransfer, to: .programExpired, in: &$1)
    }
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
