import Inquiry
import Loyalty
import LoyaltyCLI
import Testing

/// What `loyalty audit` prints.
@Suite(.timeLimit(.minutes(10))) struct AuditTextTests {
  private func report() -> AuditReport {
    var report = AuditReport(entries: 4_000)
    report.members = 1_200
    report.accounts = 1_300
    report.totals.issued = 100
    report.totals.pending = 40
    report.totals.available = 50
    report.totals.redeemed = 10
    return report
  }

  @Test func aSoundLedgerPassesWithItsSums() {
    #expect(
      report().text == """
        audit: pass
          1,200 members, 1,300 accounts, 4,000 ledger entries
          100 issued = 40 pending + 50 available + 10 redeemed + 0 expired + 0 reversed + 0 adjusted + 0 transferred
        """)
  }

  @Test func faultsAreNamedAndTheRestCounted() {
    var report = report()
    report.faults = (1...22).map { .init(memberId: "M-\($0)", programId: "journey", problem: "has no account") }
    report.faultCount = 30
    #expect(report.text.hasPrefix("audit: FAIL\n  M-1 in journey: has no account\n  M-2 in journey"))
    #expect(!report.text.contains("M-21"))
    #expect(report.text.contains("  … and 10 more faults"))
  }

  @Test func whatIsUnderWayOrWasNotLookedAtIsSaid() {
    var report = report()
    report.carriedOver = 3
    report.transfersUnderWay = 1
    report.pointsUnderWay = 40
    report.areIdsChecked = false
    #expect(report.text.contains("3 accounts are older than the log: their first balances are taken as given"))
    #expect(report.text.contains("40 points in 1 transfers are under way"))
    #expect(report.text.contains("too many entries to look for ids"))
  }

  @Test func whatLiesWrongIsNamedWithWhatMendsIt() {
    var audit = LedgerAudit { _ in false }
    audit.misplaced(
      LedgerEntry(
        id: "journey/A/1", type: .pointsAdjusted, memberId: "M-1", programId: "journey", sequence: 1, points: 40,
        debit: .programAdjusted, credit: .memberAvailable, cause: "A", occurredAt: .epoch, bookedAt: .epoch,
        programVersion: 1, balances: Balances(available: 40)), in: 3, own: 1)
    let text = audit.report.text
    #expect(text.contains("  M-1 in journey: entry 1 lies in partition 3, the member's is 1\n"))
    #expect(text.contains("murmur2_random"))
    #expect(text.contains("  loyalty points adjust 'M-1' --program 'journey' --points 40 --id 'stray-3-journey'"))
  }
}
