import Loyalty
import Partners
import Testing

@Suite(.timeLimit(.minutes(10))) struct ReconciliationTests {
  private let adapter: any PartnerAdapter
  private let patience: PartnerPatience
  private let start = TestPartners.start

  init() throws {
    adapter = try TestPartners.account(.json).adapter
    patience = PartnerPatience(terms: adapter.terms)
  }

  private func delivery(_ id: String, _ verdict: IssueVerdict?) throws -> PartnerDelivery {
    var delivery = try TestPartners.delivery(TestPartners.order(.json, id: id), adapter)
    guard let verdict else { return delivery }
    let call = try TestPartners.issueCall(&delivery, adapter)
    _ = delivery.take(verdict, of: call, at: start, patience)
    return delivery
  }

  private func issued(_ id: String) throws -> PartnerDelivery {
    try delivery(id, .issued([PartnerVoucher(code: "C-\(id)", serial: "S-\(id)")]))
  }

  private func kinds(_ reconciliation: Reconciliation) -> [String: String] {
    Dictionary(reconciliation.findings.map { ($0.reference, $0.kind.code) }) { first, _ in first }
  }

  @Test func everyDifferenceIsNamedWithItsRemedy() throws {
    let held = [
      try issued("same"), try issued("gone"), try issued("count"), try issued("serial"), try issued("cancelled"),
      try delivery("refused", .outOfStock(code: "x")), try delivery("doubt", .unknown(code: "no-answer")),
      try delivery("doubt-too", .unknown(code: "no-answer")), try delivery("new", nil),
      try delivery("refused-too", .refused(code: "x")),
    ]
    let statement = [
      StatementLine(reference: "same", vouchers: 1, serials: ["S-same"]),
      StatementLine(reference: "count", vouchers: 2), StatementLine(reference: "serial", vouchers: 1, serials: ["S-9"]),
      StatementLine(reference: "cancelled", vouchers: 1, isCancelled: true),
      StatementLine(reference: "refused", vouchers: 1), StatementLine(reference: "doubt", vouchers: 1),
      StatementLine(reference: "stranger", vouchers: 1), StatementLine(reference: "same", vouchers: 1),
      StatementLine(reference: "undone", vouchers: 1, isCancelled: true),
    ]
    let found = Reconciliation(held: held, statement: statement, isWhole: true)
    #expect(
      kinds(found) == [
        "same": "twice-there", "gone": "missing-there", "count": "other-count", "serial": "other-serials",
        "cancelled": "cancelled-there", "refused": "issued-there-refused-here", "doubt": "issued-there-open-here",
        "stranger": "missing-here",
      ])
    #expect(found.agreed == 3 && found.toAsk == ["doubt-too"])
    #expect(found.findings.allSatisfy { !$0.kind.remedy.isEmpty })
    #expect(found.findings.first { $0.reference == "count" }?.kind == .otherCount(here: 1, there: 2))
  }

  @Test func whatAPartOfAStatementLeavesOutIsAskedFor() throws {
    let found = Reconciliation(held: [try issued("gone")], statement: [], isWhole: false)
    #expect(found.findings.isEmpty && found.toAsk == ["gone"])
  }

  @Test func oneReferenceIsHeldAgainstThePartnersAnswer() throws {
    let held = try issued("r")
    func finding(_ verdict: StatusVerdict) -> String? { Reconciliation.finding(held, verdict)?.kind.code }
    #expect(finding(.issued([PartnerVoucher(code: "C-r", serial: "S-r")])) == nil)
    #expect(finding(.issued([PartnerVoucher(code: "C-r", serial: "S-x")])) == "other-serials")
    #expect(finding(.issued([PartnerVoucher(code: "C-r", isCancelled: true)])) == "cancelled-there")
    #expect(finding(.notKnown(code: "gotit-2007")) == "missing-there")
    #expect(finding(.refused(code: "json-refused")) == "missing-there")
    #expect(finding(.unknown(code: "http-503")) == nil && finding(.account(code: "a")) == nil)
    let refused = try delivery("q", .refused(code: "x"))
    #expect(
      Reconciliation.finding(refused, .issued([PartnerVoucher(code: "C")]))?.kind
        == .issuedThereRefusedHere(code: "partner-refused"))
  }

  @Test func aStatementMayComeAsAFile() throws {
    let lines = try StatementLine.read(
      csv: "reference,vouchers,amount,serials\r\n000742_R-1, 2 ,100000,VX1 VX2\n000742_R-2,1\n000742_R-3,1,,\n")
    #expect(
      lines == [
        StatementLine(reference: "000742_R-1", vouchers: 2, serials: ["VX1", "VX2"], amount: 100_000),
        StatementLine(reference: "000742_R-2", vouchers: 1), StatementLine(reference: "000742_R-3", vouchers: 1),
      ])
    for (text, line) in [("a,1\nb", 2), ("a,x", 1), ("a,1,12.5", 1), (",1", 1), ("a,-1", 1), ("a,1,1,s,t", 1)] {
      let refused = #expect(throws: StatementLine.Refused.self) { _ = try StatementLine.read(csv: text) }
      #expect(refused?.line == line)
    }
  }
}
