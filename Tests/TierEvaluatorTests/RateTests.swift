import Contracts
import Loyalty
import TestValues
import Testing

/// Spend tiers over several currencies.
@Suite(.timeLimit(.minutes(10))) struct RateTests {
  private static func programme(version: Int = 1, from: String = "2017-01-01T00:00:00-05:00", euro: String) -> String {
    EvaluatorFixture.programme(version: version, from: from)
      .replacing(#"["USD"]"#, with: #"["USD","EUR","GBP"]"#)
      .replacing(#""metric":"spend""#, with: #""metric":"spend","rates":{"EUR":"\#(euro)"}"#)
  }

  private func send(
    _ fixture: EvaluatorFixture, _ id: String, _ kind: Transaction.Kind, _ code: String, cents: Int64 = 0, at: String
  ) {
    let lines = cents > 0 ? [PurchaseLine(sku: "A", amount: cents)] : []
    let transaction = Transaction(
      id: id, source: "pos", kind: kind, memberId: "M-1", occurredAt: time(at), currency: currency(code), lines: lines,
      total: cents)
    fixture.driver.publish(Topic.transactions.name, key: "M-1", value: json { transaction.encode(to: &$0) })
  }

  @Test func spendCountsAtItsRateAndNotWithoutOne() throws {
    let fixture = try EvaluatorFixture(programmes: [Self.programme(euro: "1.2")])
    defer { fixture.driver.close() }
    send(fixture, "A", .purchase, "GBP", cents: 900_00, at: "2017-01-02")
    send(fixture, "B", .purchase, "EUR", cents: 200_00, at: "2017-01-03")
    fixture.buy("C", 59, at: "2017-01-04")
    try fixture.driver.run()
    #expect(try fixture.told().last?.metric == decimal("299"))
    fixture.buy("D", 1, at: "2017-01-05")
    try fixture.driver.run()
    #expect(try fixture.changes() == ["M-1 journey silver 2017-01-05T12:00:00.001Z"])
    #expect(fixture.rows().purchases == 3, "what does not count is not remembered")
  }

  @Test func aReturnTakesWhatThePurchaseCountedWhateverTheRateIsNow() throws {
    let fixture = try EvaluatorFixture(programmes: [
      Self.programme(euro: "1.2"), Self.programme(version: 2, from: "2017-02-01T00:00:00-05:00", euro: "2"),
    ])
    defer { fixture.driver.close() }
    send(fixture, "A", .purchase, "EUR", cents: 100_00, at: "2017-01-02")
    send(fixture, "B", .purchase, "EUR", cents: 50_00, at: "2017-02-02")
    try fixture.driver.run()
    #expect(try fixture.told().last?.metric == decimal("220"))
    send(fixture, "R", .returned(Return(purchaseId: "A", refund: 25_00)), "EUR", at: "2017-02-03")
    try fixture.driver.run()
    #expect(try fixture.told().last?.metric == decimal("190"))
    send(fixture, "X", .cancelled(purchaseId: "A"), "EUR", at: "2017-02-04")
    try fixture.driver.run()
    #expect(try fixture.told().last?.metric == decimal("100"))
  }

  @Test func aReturnThatCameBeforeItsPurchaseTakesItsPart() throws {
    let fixture = try EvaluatorFixture(programmes: [Self.programme(euro: "1.2")])
    defer { fixture.driver.close() }
    send(fixture, "R", .returned(Return(purchaseId: "A", refund: 25_00)), "EUR", at: "2017-01-03")
    send(fixture, "A", .purchase, "EUR", cents: 100_00, at: "2017-01-02")
    try fixture.driver.run()
    #expect(try fixture.told().last?.metric == decimal("90"))
  }
}
