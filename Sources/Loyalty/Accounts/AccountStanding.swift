/// Freezing, unfreezing and closing an account.
extension Account {
  package enum StandingChange: Sendable {
    case freeze, unfreeze, close
  }

  /// Books the change as an entry that moves no points, and what it sets free: an account that is unfrozen has its due
  /// releases run at once. Refused where the account does not stand so that it could.
  package mutating func change(
    _ change: StandingChange, for command: MemberCommand, under program: Program, bookedAt: Instant,
    into journal: inout Journal
  ) -> CommandRecord {
    operate(cause(of: command, program), bookedAt: bookedAt, into: &journal) { account, booking in
      if let code = account.refusal(of: change, command) {
        return account.refused(command, .standingRefused, code, in: &booking)
      }
      switch change {
      case .freeze:
        account.terms.standing = .frozen(since: command.occurredAt)
        account.tell(.memberFrozen, in: &booking)
      case .unfreeze:
        account.terms.standing = .active
        account.tell(.memberUnfrozen, in: &booking)
      case .close:
        let endsAt = program.calendar.adding(days: program.closingGraceDays, to: command.occurredAt)
        account.terms.standing = .closed(since: command.occurredAt, endsAt: endsAt)
        account.tell(.memberClosed, until: endsAt, in: &booking)
      }
      if change != .freeze { account.catchUp(in: &booking) }
      return CommandRecord(id: command.id, outcome: .standingChanged, occurredAt: command.occurredAt)
    }
  }

  private func refusal(of change: StandingChange, _ command: MemberCommand) -> RefusalCode? {
    if (command.actor ?? "").isEmpty || (command.reason ?? "").isEmpty { return .actorAndReasonRequired }
    switch (change, terms.standing) {
    case (_, .closed): return .accountClosed
    case (.freeze, .frozen): return .alreadyFrozen
    case (.unfreeze, .active): return .notFrozen
    default: return nil
    }
  }

  /// Releases, and then expires, what a freeze has held back until now. It is this command's doing, so that a lot that
  /// was released before is not released twice under one id.
  private mutating func catchUp(in booking: inout Booking) {
    for index in lots.indices {
      guard let at = terms.releaseDue(of: lots[index].dates), at <= clock else { continue }
      release(lotAt: index, in: &booking)
    }
    for index in lots.indices where lots[index].pending == 0 {
      guard let at = terms.expiry(of: lots[index].dates), at <= clock else { continue }
      let points = expire(lotAt: index, in: &booking)
      if points > 0 { booking.journal.noteExpiry(of: lots[index].id, points: points) }
    }
  }

  /// The end of a closed account: what is left expires, pending points too.
  mutating func endIfClosed(dueAt due: Instant, bookedAt: Instant, into journal: inout Journal) {
    guard case .closed(_, let endsAt) = terms.standing, endsAt <= due else { return }
    for index in lots.indices where !lots[index].isEmpty {
      // Points may come back to an account that has ended; they go on the day they came.
      let lot = lots[index]
      var cause = Cause(
        idPrefix: Cause.idPrefix(programId, "closing", memberId, lot.id, String(sequence + 1)), id: lot.id,
        occurredAt: max(endsAt, clock), programVersion: lot.programVersion)
      cause.rule = Account.closingRule
      withBooking(cause, bookedAt: bookedAt, into: &journal) { account, booking in
        for part in [LotPart.pending, .available] {
          let held = part == .pending ? lot.pending : lot.available
          _ = account.take(held, ofLotAt: index, part, as: .pointsExpired, in: &booking)
        }
        booking.journal.noteExpiry(of: lot.id, points: lot.pending + lot.available)
      }
    }
  }

  package static let closingRule = "closing"
}
