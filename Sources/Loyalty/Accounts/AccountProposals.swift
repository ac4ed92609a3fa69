/// Adjustments that take two people: one proposes, another approves or declines, and the ledger has both names.
extension Account {
  /// Tells on the ledger that an adjustment waits for an approval; nothing moves. Refused where no approval could help.
  package mutating func propose(
    _ points: Points, until expiresAt: Instant, for command: MemberCommand, under program: Program, bookedAt: Instant,
    into journal: inout Journal
  ) -> CommandRecord {
    operate(cause(of: command, program), bookedAt: bookedAt, into: &journal) { account, booking in
      if let code = account.refusal(ofProposing: points, command) {
        return account.refused(command, .adjustmentRefused, code, in: &booking)
      }
      booking.cause.approval = Approval(proposed: points)
      account.tell(.adjustmentProposed, until: expiresAt, in: &booking)
      return CommandRecord(id: command.id, outcome: .proposed, occurredAt: command.occurredAt)
    }
  }

  /// Books a proposal as of its approval. Where that cannot be now, the approval is refused and the proposal stays.
  package mutating func approve(
    _ proposal: Proposal, for command: MemberCommand, under program: Program, bookedAt: Instant,
    into journal: inout Journal
  ) -> CommandRecord {
    operate(cause(of: command, program), bookedAt: bookedAt, into: &journal) { account, booking in
      if let code = account.refusal(ofApproving: proposal, command, at: bookedAt, program.returns.overdraw) {
        return account.refused(command, .approvalRefused, code, in: &booking)
      }
      var cause = booking.cause
      cause.id = proposal.id
      cause.source = proposal.source
      cause.actor = proposal.actor
      cause.reason = proposal.reason
      cause.approval = Approval(approvedBy: command.actor, commandId: command.id)
      booking.turn(to: cause)
      account.book(adjustment: proposal.points, under: program, in: &booking)
      return CommandRecord(id: command.id, outcome: .approved, occurredAt: command.occurredAt)
    }
  }

  /// Ends a proposal that is not to be booked; nothing moves. Anybody may say so: its own author withdraws it.
  package mutating func decline(
    _ proposal: Proposal, for command: MemberCommand, under program: Program, bookedAt: Instant,
    into journal: inout Journal
  ) -> CommandRecord {
    operate(cause(of: command, program), bookedAt: bookedAt, into: &journal) { account, booking in
      if let code = account.refusal(ofDeclining: proposal, command, at: bookedAt) {
        return account.refused(command, .declineRefused, code, in: &booking)
      }
      var cause = booking.cause
      cause.id = proposal.id
      cause.source = proposal.source
      cause.actor = proposal.actor
      cause.approval = Approval(proposed: proposal.points, declinedBy: command.actor, commandId: command.id)
      booking.turn(to: cause)
      account.refuse(.adjustmentRefused, .proposalDeclined, in: &booking)
      return CommandRecord(id: command.id, outcome: .declined, occurredAt: command.occurredAt)
    }
  }

  /// Refuses the approval or the decline of what waits for neither.
  package mutating func refuseDecision(
    _ command: MemberCommand, because code: RefusalCode, under program: Program, bookedAt: Instant,
    into journal: inout Journal
  ) -> CommandRecord {
    operate(cause(of: command, program), bookedAt: bookedAt, into: &journal) {
      $0.refused(command, command.kind.refusal, code, in: &$1)
    }
  }

  /// Nobody approved it in time.
  package mutating func expire(_ proposal: Proposal, bookedAt: Instant, into journal: inout Journal) -> CommandRecord {
    var cause = Cause(
      idPrefix: Cause.idPrefix(programId, "proposal-expired", memberId, proposal.id), id: proposal.id,
      source: proposal.source, occurredAt: proposal.expiresAt, programVersion: proposal.programVersion)
    cause.actor = proposal.actor
    cause.approval = Approval(proposed: proposal.points)
    return operate(cause, bookedAt: bookedAt, into: &journal) { account, booking in
      account.refuse(.adjustmentRefused, .proposalExpired, in: &booking)
      return CommandRecord(
        id: proposal.id, outcome: .refused(code: .proposalExpired), occurredAt: proposal.occurredAt)
    }
  }

  private func refusal(ofProposing points: Points, _ command: MemberCommand) -> RefusalCode? {
    // Whether the member holds enough is for the day on which it is approved.
    refusal(ofAdjustingBy: points, actor: command.actor, reason: command.reason, .negative)
  }

  private func refusal(
    ofApproving proposal: Proposal, _ command: MemberCommand, at bookedAt: Instant, _ overdraw: ReturnPolicy.Overdraw
  ) -> RefusalCode? {
    guard let actor = command.actor, !actor.isEmpty else { return .actorAndReasonRequired }
    if proposal.isOf(actor) { return .ownProposal }
    if proposal.hasExpired(by: max(command.occurredAt, bookedAt)) { return .proposalExpired }
    return refusal(ofAdjustingBy: proposal.points, actor: proposal.actor, reason: proposal.reason, overdraw)
  }

  private func refusal(
    ofDeclining proposal: Proposal, _ command: MemberCommand, at bookedAt: Instant
  ) -> RefusalCode? {
    if (command.actor ?? "").isEmpty { return .actorAndReasonRequired }
    return proposal.hasExpired(by: max(command.occurredAt, bookedAt)) ? .proposalExpired : nil
  }
}
