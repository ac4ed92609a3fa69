import Loyalty
import TestValues
import Testing

/// Adjustments that take two people, on one account.
@Suite(.timeLimit(.minutes(10))) struct ProposalTests {
  private struct Desk {
    var programme: Program
    var account: Account
    var journal = Journal()
    let until = time("2017-02-08")

    init(_ programme: Program = program()) {
      self.programme = programme
      account = Account(memberId: "M-1", programId: programme.id)
    }

    mutating func propose(_ points: Points, reason: String? = "parcel lost") -> CommandRecord.Outcome {
      let command = MemberCommand(
        id: "A", kind: .propose(points: points), memberId: "M-1", occurredAt: time("2017-02-01"), source: "crm",
        actor: "Ann", reason: reason)
      return account.propose(
        points, until: until, for: command, under: programme, bookedAt: command.occurredAt, into: &journal
      ).outcome
    }

    func proposal(_ points: Points) -> Proposal {
      Proposal(
        id: "A", memberId: "M-1", programId: programme.id, programVersion: 1, points: points,
        occurredAt: time("2017-02-01"), expiresAt: until, source: "crm", actor: "Ann", reason: "parcel lost")
    }

    mutating func approve(
      _ points: Points, by actor: String = "bob", at instant: String = "2017-02-03", bookedAt: String? = nil
    ) -> CommandRecord.Outcome {
      let command = MemberCommand(
        id: "OK", kind: .approve(proposalId: "A"), memberId: "M-1", occurredAt: time(instant), actor: actor)
      return account.approve(
        proposal(points), for: command, under: programme, bookedAt: time(bookedAt ?? instant), into: &journal
      ).outcome
    }
  }

  private static func declined(
    _ desk: inout Desk, by actor: String, at instant: String = "2017-02-03", bookedAt: String? = nil
  ) -> CommandRecord.Outcome {
    let command = MemberCommand(
      id: "NO", kind: .decline(proposalId: "A"), memberId: "M-1", occurredAt: time(instant), source: "web",
      actor: actor, reason: "not ours")
    return desk.account.decline(
      desk.proposal(-50), for: command, under: desk.programme, bookedAt: time(bookedAt ?? instant), into: &desk.journal
    ).outcome
  }

  @Test(arguments: ["bob", "Ann"]) func whoeverDeclinesAProposalEndsItWithBothNames(actor: String) throws {
    var desk = Desk()
    _ = desk.propose(-50)
    #expect(Self.declined(&desk, by: actor) == .declined)
    let entry = try #require(desk.journal.entries.last)
    #expect(desk.journal.entries.count == 2 && entry.type == .adjustmentRefused && entry.problem == nil)
    #expect(entry.points == 0 && entry.debit == nil && entry.reason == "proposal-declined")
    #expect(entry.cause == "A" && entry.source == "crm" && entry.actor == "Ann")
    #expect(entry.approval == Approval(proposed: -50, declinedBy: actor, commandId: "NO"))
    #expect(entry.occurredAt == time("2017-02-03") && desk.account.balances == Balances())
  }

  @Test func whatHasExpiredOrNamesNobodyIsNotDeclined() throws {
    var desk = Desk()
    #expect(Self.declined(&desk, by: "") == .refused(code: .actorAndReasonRequired))
    #expect(Self.declined(&desk, by: "bob", at: "2017-02-08") == .refused(code: .proposalExpired))
    #expect(Self.declined(&desk, by: "bob", bookedAt: "2017-02-08") == .refused(code: .proposalExpired))
    #expect(desk.journal.entries.map(\.type) == Array(repeating: .declineRefused, count: 3))
    #expect(desk.journal.entries.allSatisfy { $0.cause == "NO" && $0.approval == nil })
  }

  @Test func aProposalMovesNothingAndTellsHowMuchWaitsUntilWhen() throws {
    var desk = Desk()
    #expect(desk.propose(50_000) == .proposed)
    let entry = try #require(desk.journal.entries.last)
    #expect(desk.journal.entries.count == 1 && entry.type == .adjustmentProposed && entry.problem == nil)
    #expect(entry.points == 0 && entry.debit == nil && entry.expiresAt == desk.until)
    #expect(entry.approval == Approval(proposed: 50_000) && entry.actor == "Ann" && entry.reason == "parcel lost")
    #expect(desk.account.balances == Balances())
  }

  @Test func anApprovalBooksAsOfItsTimeWithBothNames() throws {
    var desk = Desk()
    _ = desk.propose(50_000)
    #expect(desk.approve(50_000) == .approved)
    let entry = try #require(desk.journal.entries.last)
    #expect(entry.type == .pointsAdjusted && entry.points == 50_000 && entry.occurredAt == time("2017-02-03"))
    #expect(entry.cause == "A" && entry.source == "crm" && entry.actor == "Ann" && entry.reason == "parcel lost")
    #expect(entry.approval == Approval(approvedBy: "bob", commandId: "OK"))
    #expect(desk.account.balances.available == 50_000 && desk.account.lots.first?.earnedAt == entry.occurredAt)
    #expect(Set(desk.journal.entries.map(\.id)).count == desk.journal.entries.count)
  }

  @Test(arguments: ["Ann", "ann", " ANN "]) func nobodyApprovesTheirOwnProposal(actor: String) {
    var desk = Desk()
    #expect(desk.approve(50, by: actor) == .refused(code: .ownProposal))
    #expect(desk.journal.entries.map(\.type) == [.approvalRefused] && desk.account.balances.available == 0)
  }

  @Test func fromTheInstantItExpiresAProposalCannotBeApproved() {
    for (instant, bookedAt) in [("2017-02-08", "2017-02-08"), ("2017-02-03", "2017-02-08")] {
      var desk = Desk()
      #expect(desk.approve(50, at: instant, bookedAt: bookedAt) == .refused(code: .proposalExpired))
    }
    var desk = Desk()
    #expect(desk.approve(50, at: "2017-02-08T11:59:59.999Z") == .approved)
  }

  @Test func aDeductionOfMoreThanThereIsIsRefusedAsItIsApproved() {
    var desk = Desk()
    #expect(desk.propose(-50) == .proposed)
    #expect(desk.approve(-50) == .refused(code: .insufficientPoints))
    #expect(desk.journal.entries.last?.cause == "OK")
    var owing = Desk(program(returns: ReturnPolicy(overdraw: .negative)))
    #expect(owing.approve(-50) == .approved && owing.account.balances.available == -50)
    #expect(owing.journal.entries.last?.approval?.approvedBy == "bob")
  }

  @Test func whatNoApprovalCouldHelpIsRefusedAtOnce() {
    var desk = Desk()
    #expect(desk.propose(0) == .refused(code: .amountOutOfRange))
    #expect(desk.propose(2_000_000_000_000) == .refused(code: .amountOutOfRange))
    #expect(desk.propose(5, reason: nil) == .refused(code: .actorAndReasonRequired))
    #expect(desk.journal.entries.allSatisfy { $0.type == .adjustmentRefused })
  }

  @Test func aProposalThatNobodyApprovedEndsAsARefusal() throws {
    var desk = Desk()
    _ = desk.propose(50)
    let record = desk.account.expire(desk.proposal(50), bookedAt: desk.until, into: &desk.journal)
    #expect(record.outcome == .refused(code: .proposalExpired))
    let entry = try #require(desk.journal.entries.last)
    #expect(entry.type == .adjustmentRefused && entry.reason == "proposal-expired" && entry.cause == "A")
    #expect(entry.actor == "Ann" && entry.approval?.proposed == 50 && entry.occurredAt == desk.until)
  }

  @Test func anActorsDayTakesWhatFitsAndNothingElse() {
    var day = ActorDay()
    let taken = [(Int64(60), true), (41, false), (40, true), (1, false), (0, true), (.max, false)].map { amount, fits in
      day.take(amount, atMost: 100) == fits
    }
    #expect(taken.allSatisfy { $0 } && day.amount == 100)
    #expect(!day.take(-1, atMost: 100) && day.amount == 100)
  }
}
