import Contracts
import Inquiry
import Loyalty
import Testing

@Suite(.timeLimit(.minutes(10))) struct AuditTests {
  /// Writes one member's ledger as the engine would, and tells the account after it.
  struct Ledger {
    var entries: [LedgerEntry] = []
    var totals = LedgerTotals()
    var sequence: Int64 = 0

    mutating func move(
      _ type: EntryType, _ points: Points, _ debit: LedgerAccount, _ credit: LedgerAccount, lot: String? = "till:P-1"
    ) {
      totals.move(points, from: debit, to: credit)
      append(type, points, debit, credit, lot: lot)
    }

    mutating func append(
      _ type: EntryType, _ points: Points, _ debit: LedgerAccount?, _ credit: LedgerAccount?, lot: String?
    ) {
      sequence += 1
      entries.append(
        LedgerEntry(
          id: "journey/event/\(entries.count)/1", type: type, memberId: "M-1", programId: "journey",
          sequence: sequence, points: points, debit: debit, credit: credit, lotId: lot, cause: "P-1",
          occurredAt: .epoch, bookedAt: .epoch, programVersion: 1,
          balances: Balances(pending: totals.pending, available: totals.available)))
    }

    var account: AccountStatement {
      AccountStatement(
        memberId: "M-1", programId: "journey", sequence: sequence,
        balances: Balances(pending: totals.pending, available: totals.available), totals: totals,
        asOf: .epoch)
    }

    /// Earned 100 pending, 60 of them released in a later entry, 10 redeemed: as the engine never would, but balanced.
    static var usual: Ledger {
      var ledger = Ledger()
      ledger.move(.pointsEarned, 100, .programIssued, .memberPending)
      ledger.move(.pointsReleased, 60, .memberPending, .memberAvailable)
      ledger.move(.pointsRedeemed, 10, .memberAvailable, .programRedeemed)
      ledger.append(.redemptionRefused, 0, nil, nil, lot: nil)
      return ledger
    }
  }

  private func audit(
    _ ledger: Ledger, account: AccountStatement?, startsLate: Bool = false, erased: Bool = false
  ) -> AuditReport {
    var audit = LedgerAudit { _ in erased }
    for entry in ledger.entries { audit.book(entry, startsLate: startsLate) }
    if let account { audit.note(account) }
    return audit.report
  }

  private func problems(_ report: AuditReport) -> [String] { report.faults.map(\.problem) }

  @Test func soundLedgerPassesWithItsTotals() {
    let report = audit(.usual, account: Ledger.usual.account)
    #expect(report.isPassed)
    #expect(report.members == 1 && report.accounts == 1 && report.entries == 4)
    #expect(report.totals.issued == 100)
    #expect(report.components.prefix(4).map(\.name) == ["pending", "available", "redeemed", "expired"])
    #expect(report.components.prefix(4).map(\.points) == [40, 50, 10, 0])
  }

  @Test func entriesThatLieWrongAreNamedWithTheRemedy() {
    var audit = LedgerAudit { _ in false }
    for entry in Ledger.usual.entries { audit.misplaced(entry, in: 5, own: 2) }
    let report = audit.report
    #expect(!report.isPassed && report.faultCount == 4)
    #expect(problems(report).first == "entry 1 lies in partition 5, the member's is 2")
    #expect(report.remedies.first?.contains("topic.partitioner=murmur2_random") == true)
    #expect(
      report.remedies.last
        == "loyalty points adjust 'M-1' --program 'journey' --points 90 --id 'stray-5-journey' --actor YOU "
        + "--reason 'booked in partition 5'")
    #expect(audit.report.json.pretty.contains("\"points\": 90"))
    #expect(LedgerAudit { _ in false }.report.remedies.isEmpty)
  }

  @Test func accountReadBeforeTheLedgerIsComparedWhereItStands() {
    var audit = LedgerAudit { _ in false }
    var ledger = Ledger()
    ledger.move(.pointsEarned, 100, .programIssued, .memberPending)
    audit.note(ledger.account)
    #expect(audit.hasUnreachedAccounts)
    ledger.move(.pointsEarned, 5, .programIssued, .memberPending)
    for entry in ledger.entries { audit.book(entry) }
    #expect(audit.report.isPassed)
    #expect(!audit.hasUnreachedAccounts && !audit.hasStaleAccounts)
  }

  @Test func gapInTheSequenceFails() {
    var ledger = Ledger.usual
    ledger.entries.remove(at: 1)
    #expect(problems(audit(ledger, account: ledger.account)) == ["entry 3 follows entry 1"])
  }

  @Test func entryBookedTwiceUnderOneIdFails() {
    var ledger = Ledger()
    ledger.move(.pointsEarned, 100, .programIssued, .memberPending)
    ledger.move(.pointsEarned, 100, .programIssued, .memberPending)
    ledger.entries[1].id = ledger.entries[0].id
    #expect(
      problems(audit(ledger, account: ledger.account)) == ["entry 2 has the id of an earlier one: journey/event/0/1"])
  }

  @Test func balancesThatDoNotFollowFromTheMovesFail() {
    var ledger = Ledger.usual
    ledger.entries[2].balances.available = 51
    let problem = problems(audit(ledger, account: ledger.account)).first
    #expect(problem?.contains("entry 3 says 40 pending and 51 available") == true)
  }

  @Test func oneSidedEntryFails() {
    var ledger = Ledger.usual
    ledger.entries[2].credit = nil
    #expect(problems(audit(ledger, account: nil)).first?.contains("has not both a debit") == true)
  }

  @Test func lotThatGivesMoreThanItHoldsFails() {
    var ledger = Ledger()
    ledger.move(.pointsEarned, 100, .programIssued, .memberAvailable)
    ledger.move(.pointsEarned, 5, .programIssued, .memberAvailable, lot: "till:P-2")
    ledger.move(.pointsRedeemed, 10, .memberAvailable, .programRedeemed, lot: "till:P-2")
    #expect(problems(audit(ledger, account: ledger.account)).first?.contains("more out of lot till:P-2") == true)
  }

  @Test func accountThatDiffersOrLagsOrIsMissingFails() {
    var account = Ledger.usual.account
    account.balances.available += 1
    #expect(problems(audit(.usual, account: account)).first?.contains("its balances are 40 pending and 51") == true)
    account = Ledger.usual.account
    account.expiries = [Due(at: .epoch, points: 90)]
    #expect(problems(audit(.usual, account: account)).first?.contains("its next expiries are not") == true)
    account = Ledger.usual.account
    account.status = .frozen
    #expect(problems(audit(.usual, account: account)).first?.contains("it is frozen, by the ledger active") == true)
    account = Ledger.usual.account
    account.totals.issued += 1
    account.totals.expired += 1
    #expect(problems(audit(.usual, account: account)).first?.contains("its totals") == true)
    account = Ledger.usual.account
    account.sequence = 3
    #expect(problems(audit(.usual, account: account)) == ["the account stands at entry 3, the ledger at 4"])
    account.sequence = 5
    #expect(problems(audit(.usual, account: account)) == ["the account stands at entry 5, the ledger at 4"])
    #expect(problems(audit(.usual, account: nil)).first?.contains("has no account") == true)
  }

  @Test func accountWithoutAnyLedgerEntryFails() {
    #expect(problems(audit(Ledger(), account: Ledger.usual.account)).count == 1)
  }

  private var forfeited: Ledger {
    var ledger = Ledger.usual
    ledger.move(.pointsForfeited, 40, .memberPending, .programExpired, lot: nil)
    ledger.move(.pointsForfeited, 50, .memberAvailable, .programExpired, lot: nil)
    return ledger
  }

  @Test func erasedMemberNeedsNoAccountAndMayBeginAnew() {
    var ledger = forfeited
    #expect(audit(ledger, account: nil).isPassed)
    let first = ledger.totals
    ledger.totals = LedgerTotals()
    ledger.sequence = 0
    ledger.move(.pointsEarned, 7, .programIssued, .memberAvailable)
    // The same purchase may be sent again after the erasure, and gets the same entry id.
    ledger.entries[ledger.entries.count - 1].id = ledger.entries[0].id
    let report = audit(ledger, account: ledger.account)
    #expect(report.isPassed)
    #expect(report.totals.issued == first.issued + 7)
    #expect(report.totals.expired == 90)
  }

  @Test func newAccountOfAnErasedMemberIsNotComparedWithTheOldOne() {
    var audit = LedgerAudit { _ in false }
    var young = Ledger()
    for _ in 0..<2 { young.move(.pointsEarned, 7, .programIssued, .memberAvailable) }
    // The account topic was read first, and its entry 2 is not the old life's entry 2.
    audit.note(young.account)
    for entry in forfeited.entries { audit.book(entry) }
    for var entry in young.entries {
      entry.id += "/again"
      audit.book(entry)
    }
    #expect(audit.report.isPassed)
  }

  @Test func sequenceThatBeginsAnewWithoutAnErasureFails() {
    var ledger = Ledger()
    ledger.append(.redemptionRefused, 0, nil, nil, lot: nil)
    ledger.sequence = 0
    ledger.append(.redemptionRefused, 0, nil, nil, lot: nil)
    #expect(problems(audit(ledger, account: ledger.account)).first?.contains("without an erasure") == true)
    // A member that held nothing leaves no final entry; the request tells.
    #expect(audit(ledger, account: ledger.account, erased: true).isPassed)
  }

  @Test func debtIsRepaidBeforeALotIsFilled() {
    var ledger = Ledger()
    ledger.move(.pointsReversed, 150, .memberAvailable, .programReversed, lot: nil)
    ledger.move(.pointsEarned, 200, .programIssued, .memberAvailable)
    #expect(audit(ledger, account: ledger.account).isPassed)
  }

  @Test func ledgerWhoseFirstEntriesWereDeletedByAgeStartsFromItsBalances() {
    var ledger = Ledger.usual
    ledger.entries.removeFirst(2)
    #expect(!audit(ledger, account: ledger.account).isPassed)
    let report = audit(ledger, account: ledger.account, startsLate: true)
    #expect(report.isPassed)
    #expect(report.carriedOver == 1)
    #expect(report.totals.issued == 100)
  }

  @Test func failureIsToldWithItsMember() {
    let report = audit(.usual, account: nil)
    #expect(report.json["audit"]?.string == "fail")
    #expect(report.json["faults"]?.elements?[0]["memberId"]?.string == "M-1")
  }

  // MARK: What concerns all lots, or two members

  private func entry(
    _ type: EntryType, _ member: String, _ other: String, _ points: Points, sequence: Int64 = 1, available: Points
  ) -> LedgerEntry {
    let isOut = type == .transferredOut
    return LedgerEntry(
      id: "\(type.rawValue)/\(sequence)", type: type, memberId: member, programId: "journey", sequence: sequence,
      points: points, debit: isOut ? .memberAvailable : .programTransfer,
      credit: isOut ? .programTransfer : .memberAvailable, lotId: "till:P-1", counterparty: other, cause: "T",
      occurredAt: .epoch, bookedAt: .epoch, programVersion: 1, balances: Balances(available: available))
  }

  private func transferAudit(_ entries: [LedgerEntry]) -> LedgerAudit {
    var audit = LedgerAudit { _ in false }
    var earned = Ledger()
    earned.move(.pointsEarned, 100, .programIssued, .memberAvailable)
    for entry in earned.entries + entries { audit.book(entry) }
    return audit
  }

  private func transferProblems(_ entries: [LedgerEntry]) -> [String] {
    transferAudit(entries).report.faults.map(\.problem).filter { $0.hasPrefix("transfer") }
  }

  @Test func transferMustArriveInOnePieceAndOnce() {
    let given = entry(.transferredOut, "M-1", "M-2", 40, sequence: 2, available: 60)
    let received = entry(.transferredIn, "M-2", "M-1", 40, available: 40)
    let again = entry(.transferredIn, "M-2", "M-1", 40, sequence: 2, available: 80)
    let returned = entry(.transferReturned, "M-1", "M-2", 40, sequence: 3, available: 100)
    #expect(transferProblems([given, received]).isEmpty)
    #expect(transferProblems([received, given]).isEmpty)
    #expect(transferProblems([given, returned]).isEmpty)
    #expect(transferProblems([given, received, again]).count == 1)
    #expect(transferProblems([given, received, returned]).count == 1)
    #expect(transferProblems([given, entry(.transferredIn, "M-2", "M-1", 39, available: 39)]).count == 1)
    #expect(transferProblems([received]).count == 1 && transferAudit([received]).hasTransfersWithoutOrigin)
  }

  @Test func transferUnderWayIsToldAndNoFault() {
    let audit = transferAudit([entry(.transferredOut, "M-1", "M-2", 40, sequence: 2, available: 60)])
    #expect(audit.report.pointsUnderWay == 40 && audit.report.transfersUnderWay == 1)
    #expect(!audit.hasTransfersWithoutOrigin)
  }

  @Test func activityPostponesEveryLotOfTheReplay() {
    let later = Instant(milliseconds: 9_000)
    var ledger = Ledger()
    ledger.move(.pointsEarned, 10, .programIssued, .memberAvailable, lot: "till:P-1")
    ledger.move(.pointsEarned, 5, .programIssued, .memberAvailable, lot: "till:P-2")
    for index in 0..<2 {
      ledger.entries[index].expiresAt = Instant(milliseconds: 1_000 * Int64(index + 1))
    }
    ledger.entries[1].keptUntil = later
    var account = ledger.account
    account.expiries = [Due(at: later, points: 15)]
    #expect(audit(ledger, account: account).isPassed)
    account.expiries = [Due(at: Instant(milliseconds: 1_000), points: 10), Due(at: later, points: 5)]
    #expect(!audit(ledger, account: account).isPassed)
  }

  @Test func closedAccountsLotsAllEndTogether() {
    var ledger = Ledger.usual
    ledger.append(.memberClosed, 0, nil, nil, lot: nil)
    ledger.entries[ledger.entries.count - 1].expiresAt = Instant(milliseconds: 5_000)
    var account = ledger.account
    account.status = .closed
    account.endsAt = Instant(milliseconds: 5_000)
    account.expiries = [Due(at: Instant(milliseconds: 5_000), points: 90)]
    #expect(audit(ledger, account: account).isPassed)
  }
}
