import Inquiry
import Loyalty
import Testing

/// An account with more purchases than lots, audited from its entries alone.
@Suite(.timeLimit(.minutes(10))) struct LotMergeAuditTests {
  private static let dollar = Currency.known("USD")
  private static let utc = ZoneCalendar(identifier: "UTC")

  @Test(arguments: [0, 10]) func theLotsOfAMergedAccountAreThoseOfItsEntries(pendingDays: Int) throws {
    let dollar = try #require(Self.dollar)
    let program = Program(
      id: "journey", version: 1, effectiveFrom: .epoch, name: "Journey", status: .active, currencies: [dollar],
      calendar: try #require(Self.utc), rounding: .down,
      earning: [EarningRule(id: "base", kind: .spend(points: .one, per: .one))], pendingDays: pendingDays,
      expiry: .days(30), returns: ReturnPolicy(), redemption: RedemptionPolicy(), tiers: nil)
    var account = Account(memberId: "M-1", programId: "journey")
    var journal = Journal()
    for number in 0..<1_300 {
      let at = Instant(milliseconds: Int64(number) * 900_000)
      let purchase = Transaction(
        id: "P\(number)", source: "pos", kind: .purchase, memberId: "M-1", occurredAt: at, currency: dollar,
        lines: [PurchaseLine(sku: "A", amount: 300)])
      _ = account.book(purchase, under: program, bookedAt: at, into: &journal)
    }
    var audit = LedgerAudit { _ in false }
    for entry in journal.entries { audit.book(entry, startsLate: false) }
    audit.note(account.statement)
    #expect(audit.report.faults.map(\.problem) == [])
    #expect(account.lots.count <= Account.lotsMax && journal.entries.contains { $0.type == .lotsMerged })
  }
}
