import Contracts
import Inquiry
import JSON
import Loyalty
import Testing

/// Entries of any size, as whoever writes to the ledger beside the engine may write them: a finding, and no end of the
/// command.
@Suite(.timeLimit(.minutes(10))) struct HostileLedgerTests {
  private static let huge = Points.largestRead

  private static func entry(
    _ type: EntryType, _ points: Points, member: String = "M-1", sequence: Int64 = 1, debit: LedgerAccount,
    credit: LedgerAccount, balances: Balances, cause: String = "P-1", counterparty: String? = nil
  ) -> LedgerEntry {
    LedgerEntry(
      id: "e/\(member)/\(sequence)/\(cause)", type: type, memberId: member, programId: "journey", sequence: sequence,
      points: points, debit: debit, credit: credit, lotId: "till:P-1", counterparty: counterparty, cause: cause,
      purchase: "till:P-1", rule: "base", occurredAt: .epoch, bookedAt: .epoch, programVersion: 1, balances: balances)
  }

  private func report(_ entries: [LedgerEntry]) -> AuditReport {
    var audit = LedgerAudit { _ in false }
    for entry in entries { audit.book(entry) }
    return audit.report
  }

  private static func awards(_ count: Int64, member: String = "M-1") -> [LedgerEntry] {
    (1...count).map { number in
      entry(
        .pointsAdjusted, huge, member: member, sequence: number, debit: .programIssued, credit: .memberAvailable,
        balances: Balances(pending: 0, available: huge))
    }
  }

  @Test func anAccountBeyondAllSumsIsAFindingThatNamesTheEntry() {
    let found = report(Self.awards(20))
    #expect(!found.isPassed)
    #expect(
      found.faults.map(\.problem).contains(
        "entry 2 (points.adjusted) brings the account beyond 1000000000000000000 points"))
    #expect(found.faults.allSatisfy { $0.memberId == "M-1" })
  }

  @Test func accountsThatAreSoundEachAndTooMuchTogetherAreAFindingThatNamesOne() {
    let found = report((1...20).flatMap { Self.awards(1, member: "M-\($0)") })
    let beyond = found.faults.filter { $0.problem.hasPrefix("with this account all together come to more than") }
    #expect(beyond.count == 19 && Set(beyond.map(\.memberId)).count == 19 && !found.isPassed)
    #expect(found.totals.issued == Self.huge && found.totals.isBalanced)
  }

  @Test func aDeductionBeyondAllSumsIsAFinding() {
    let entries = (1...20).map { number in
      Self.entry(
        .pointsAdjusted, Self.huge, sequence: number, debit: .memberAvailable, credit: .programAdjusted,
        balances: Balances(pending: 0, available: -Self.huge))
    }
    #expect(report(entries).faultCount >= 1)
  }

  @Test func aTransferOfMoreThanOneCommandMovesIsAFinding() {
    let entries = (1...20).map { number in
      Self.entry(
        number % 2 == 0 ? .transferredOut : .transferReturned, Self.huge, member: "T-\(number / 2)",
        sequence: 1, debit: .memberAvailable, credit: .programTransfer, balances: Balances(), cause: "T-9")
    }
    let problems = report(entries).faults.map(\.problem).filter { $0.hasPrefix("transfer T-9") }
    #expect(!problems.isEmpty)
    let underWay = (1...20).map { number in
      Self.entry(
        .transferredOut, .largestMovement, member: "U-\(number)", debit: .memberAvailable, credit: .programTransfer,
        balances: Balances(), cause: "T-\(number)")
    }
    #expect(report(underWay).pointsUnderWay.value == 20 * Points.largestMovement.value)
  }

  @Test func explanationsOfAnySumsEnd() throws {
    let text = """
      {"id":"journey","version":1,"effectiveFrom":"2026-01-01T00:00:00Z","name":"Shop","status":"active",\
      "currencies":["USD"],"timeZone":"UTC","earning":[{"id":"base","kind":"spend","points":1,"per":"1.00"}]}
      """
    let program = try ProgramDocument.decode(Array(text.utf8))
    let history = Self.awards(20)
    var correction = history[19]
    correction.type = .pointsCorrected
    var reversal = history[19]
    reversal.type = .pointsReversed
    for entry in [correction, reversal] {
      let told = EntryExplanation(entry: entry, program: program, history: history + [entry])
      #expect(told.rows.contains { $0.words.contains("1,000,000,000,000,000,000") })
    }
  }

  @Test func whatNoEngineWroteAmongTheProposalsHoldsUpNobody() {
    let proposal = Proposal(
      id: "A", memberId: "M-1", programId: "journey", programVersion: 1, points: 5, occurredAt: .epoch,
      expiresAt: .epoch, actor: "ann", reason: "r")
    var writer = JSONWriter()
    proposal.encode(to: &writer)
    let waiting = WaitingProposals([
      Array(RecordKey.joined("M-1", "journey", "A").utf8): writer.bytes, Array("elsewhere".utf8): writer.bytes,
      Array("broken".utf8): Array("{".utf8),
    ])
    #expect(waiting.proposals == [proposal] && waiting.strays == 2)
  }
}
