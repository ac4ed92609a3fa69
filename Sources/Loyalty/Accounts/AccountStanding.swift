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
    settle(upTo: command.occurredAt, bookedAt: bookedAt, into: &journal)
    let cause = Cause(command: command, programId: programId, programVersion: program.version, bookedAt: bookedAt)
    if let code = refusal(of: change, command) {
      return refused(command, .standingRefused, code, cause: cause, into: &journal)
    }
    journal.openBooking()
    switch change {
    case .freeze:
      terms.standing = .frozen(since: command.occurredAt)
      tell(.memberFrozen, until: nil, cause: cause, into: &journal)
    case .unfreeze:
      terms.standing = .active
      tell(.memberUnfrozen, until: nil, cause: cause, into: &journal)
    case .close:
      let endsAt = program.calendar.adding(days: program.closingGraceDays, to: command.occurredAt)
      terms.standing = .closed(since: command.occurredAt, endsAt: endsAt)
      tell(.memberClosed, until: endsAt, cause: cause, into: &journal)
    }
    if change != .freeze { catchUp(cause: cause, into: &journal) }
    journal.closeBooking()
    close()
    settle(upTo: clock, bookedAt: bookedAt, into: &journal)
    return CommandRecord(id: command.id, outcome: .standingChanged, occurredAt: command.occurredAt)
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
  private mutating func catchUp(cause: Cause, into journal: inout Journal) {
    for index in lots.indices {
      guard let at = terms.releaseDue(of: lots[index]), at <= clock else { continue }
      release(lotAt: index, cause: cause, into: &journal)
    }
    for index in lots.indices where lots[index].pending == 0 {
      guard let at = terms.expiry(of: lots[index]), at <= clock else { continue }
      let points = expire(lotAt: index, cause: cause, into: &journal)
      if points > 0 { journal.noteExpiry(of: lots[index].id, points: points) }
    }
  }

  /// The end of a closed account: what is left expires, pending points too.
  mutating func endIfClosed(dueAt due: Instant, bookedAt: Instant, into journal: inout Journal) {
    guard case .closed(_, let endsAt) = terms.standing, endsAt <= due else { return }
    for index in lots.indices where !lots[index].isEmpty {
      // Points may come back to an account that has ended; they go on the day they came.
      let lot = lots[index]
      let cause = Cause(
        idPrefix: Cause.idPrefix(programId, "closing", memberId, lot.id, String(sequence + 1)), id: lot.id, source: nil,
        occurredAt: max(endsAt, clock), bookedAt: bookedAt, programVersion: lot.programVersion)
      journal.openBooking()
      for part in [LotPart.pending, .available] {
        _ = take(
          part == .pending ? lot.pending : lot.available, ofLotAt: index, part, as: .pointsExpired,
          to: .programExpired, rule: Account.closingRule, cause: cause, into: &journal)
      }
      journal.closeBooking()
      journal.noteExpiry(of: lot.id, points: lot.pending + lot.available)
    }
  }

  package static let closingRule = "closing"
}
