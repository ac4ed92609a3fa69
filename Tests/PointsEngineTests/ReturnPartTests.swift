import Contracts
import Loyalty
import StreamTesting
import TestValues
import Testing

/// What returns need to know of a purchase is kept with it, and what they say themselves is kept while they wait.
@Suite(.timeLimit(.minutes(10))) struct ReturnPartTests {
  private static let lewaProgramme = Engine.programme.replacing("\"USD\"", with: "\"BGN\"")

  private func transaction(
    _ id: String, _ kind: Transaction.Kind, at instant: String, in currency: Currency = usd, lines: [PurchaseLine] = [],
    tax: Int64 = 0
  ) -> Transaction {
    Transaction(
      id: id, source: "pos", kind: kind, memberId: "M-1", occurredAt: time(instant), currency: currency, lines: lines,
      tax: tax, total: lines.reduce(tax) { $0 + $1.net })
  }

  @Test func namesOfLinesAndTaxOutliveALostDisk() throws {
    let engine = try Engine()
    defer { engine.driver.close() }
    let lines = [
      PurchaseLine(sku: "A", lineId: "1", amount: 6_000), PurchaseLine(sku: "A", lineId: "2", amount: 4_000),
    ]
    engine.send(transaction("P", .purchase, at: "2017-01-02", lines: lines, tax: 2_000))
    try engine.run()
    try engine.driver.restart(losingDisk: true)
    let first = ReturnedLine(sku: "A", lineId: "1", quantity: .one)
    engine.send(transaction("R1", .returned(Return(purchaseId: "P", lines: [first])), at: "2017-01-03"))
    try engine.run()
    #expect(try engine.account()?.balances.pending == 40)
    engine.send(transaction("R2", .returned(Return(purchaseId: "P", refund: 2_400)), at: "2017-01-03"))
    try engine.run()
    #expect(try engine.account()?.balances.pending == 20)
  }

  @Test func whatAReturnSaysIsKeptWhileItWaits() throws {
    let engine = try Engine()
    defer { engine.driver.close() }
    let back = ReturnedLine(sku: "A", lineId: "2", quantity: .one)
    engine.send(transaction("R1", .returned(Return(purchaseId: "P", lines: [back])), at: "2017-01-03"))
    engine.send(transaction("R2", .returned(Return(purchaseId: "P", refund: 1_500, tax: 500)), at: "2017-01-03"))
    try engine.run()
    try engine.driver.restart(losingDisk: true)
    let lines = [
      PurchaseLine(sku: "A", lineId: "1", amount: 6_000), PurchaseLine(sku: "A", lineId: "2", amount: 4_000),
    ]
    engine.send(transaction("P", .purchase, at: "2017-01-02", lines: lines, tax: 2_000))
    try engine.run()
    #expect(try engine.account()?.balances.pending == 50)
  }

  @Test func aReturnInTheSuccessorWaitsForItsPurchaseToo() throws {
    let engine = try Engine(programmes: [Self.lewaProgramme])
    defer { engine.driver.close() }
    let euros = Return(purchaseId: "P", refund: 2_556)
    engine.send(transaction("R", .returned(euros), at: "2017-01-03", in: currency("EUR")))
    engine.send(
      transaction(
        "P", .purchase, at: "2017-01-02", in: currency("BGN"), lines: [PurchaseLine(sku: "A", amount: 10_000)]))
    try engine.run()
    #expect(try engine.account()?.balances.pending == 51)
  }

  @Test func aRefusalNamesTheLine() throws {
    let engine = try Engine()
    defer { engine.driver.close() }
    engine.buy("P", 10, at: "2017-01-02")
    let lines = [ReturnedLine(sku: "A", quantity: .one), ReturnedLine(sku: "a", quantity: .one)]
    engine.send(transaction("R", .returned(Return(purchaseId: "P", lines: lines)), at: "2017-01-03"))
    try engine.run()
    let refusal = try #require(try engine.entries().last)
    #expect(refusal.type == .returnRefused && refusal.path == "$.lines[1]" && refusal.balances.pending == 10)
  }
}
