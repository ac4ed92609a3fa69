import Contracts
import Loyalty
import StreamTesting
import Testing
import TierEvaluator

@Suite(.timeLimit(.minutes(10))) struct ReturnTests {
  @Test func aReturnLowersTheMetricOnceAndMayComeBeforeItsPurchase() throws {
    let fixture = try EvaluatorFixture()
    defer { fixture.driver.close() }
    fixture.bringBack("R", of: "A", 100, at: "2017-01-03")
    try fixture.driver.run()
    try fixture.driver.restart(losingDisk: true)
    fixture.bringBack("R", of: "A", 100, at: "2017-01-03")
    fixture.buy("A", 200, at: "2017-01-02")
    fixture.bringBack("R", of: "A", 100, at: "2017-01-03")
    fixture.buy("B", 199, at: "2017-01-04")
    try fixture.driver.run()
    #expect(try fixture.changes().isEmpty)
    fixture.buy("C", 1, at: "2017-01-05")
    try fixture.driver.run()
    #expect(try fixture.changes() == ["M-1 journey silver 2017-01-05T12:00:00.001Z"])
  }

  @Test func everyPartOfAWaitingReturnComesBack() throws {
    let fixture = try EvaluatorFixture()
    defer { fixture.driver.close() }
    let line = ReturnedLine(sku: "A", quantity: ExactDecimal(significand: 5, scale: 1), amount: 15_000)
    fixture.send("R", .returned(Return(purchaseId: "A", lines: [line])), at: "2017-01-03")
    fixture.send("S", .cancelled(purchaseId: "B"), at: "2017-01-03")
    try fixture.driver.run()
    try fixture.driver.restart(losingDisk: true)
    fixture.buy("A", 300, at: "2017-01-02")
    fixture.buy("B", 149, at: "2017-01-02", member: "M-1")
    try fixture.driver.run()
    // A alone reached silver before half of it came back: 150 are left, and nothing of B.
    fixture.buy("C", 849, at: "2017-01-04")
    try fixture.driver.run()
    #expect(try fixture.changes().count == 1)
    fixture.buy("D", 1, at: "2017-01-05")
    try fixture.driver.run()
    #expect(try fixture.changes().last == "M-1 journey gold 2017-01-05T12:00:00.001Z")
  }

  /// 200.00 with tax of 40.00, of which 120.00 came back: 100.00 count on. Of a return that names a line which was not
  /// bought nothing is taken.
  @Test func theMetricFallsByTheEligibleSpendOfAReturnAlone() throws {
    let fixture = try EvaluatorFixture()
    defer { fixture.driver.close() }
    let line = PurchaseLine(sku: "A", amount: 20_000)
    fixture.send("A", .purchase, at: "2017-01-02", lines: [line], tax: 4_000)
    try fixture.driver.run()
    try fixture.driver.restart(losingDisk: true)
    fixture.send("R", .returned(Return(purchaseId: "A", refund: 12_000)), at: "2017-01-03")
    let lines = [ReturnedLine(sku: "A", quantity: .one), ReturnedLine(sku: "Z", quantity: .one)]
    fixture.send("S", .returned(Return(purchaseId: "A", lines: lines)), at: "2017-01-03")
    fixture.buy("B", 199, at: "2017-01-04")
    try fixture.driver.run()
    #expect(try fixture.changes().isEmpty)
    fixture.buy("C", 1, at: "2017-01-05")
    try fixture.driver.run()
    #expect(try fixture.changes() == ["M-1 journey silver 2017-01-05T12:00:00.001Z"])
  }

  @Test func aReturnTakesNoLevelAwayBeforeTheNextJudgement() throws {
    let fixture = try EvaluatorFixture()
    defer { fixture.driver.close() }
    fixture.buy("A", 200, at: "2017-01-02")
    fixture.buy("B", 200, at: "2017-03-02")
    fixture.bringBack("R", of: "B", 200, at: "2017-03-05")
    try fixture.driver.run()
    #expect(try fixture.changes().count == 1)
    fixture.tick(to: "2018-01-03")
    try fixture.driver.run()
    #expect(try fixture.changes().last == "M-1 journey member 2018-01-02T05:00:00Z")
  }

  @Test func aReturnThatWaitedInVainIsDropped() throws {
    let fixture = try EvaluatorFixture()
    defer { fixture.driver.close() }
    fixture.bringBack("R", of: "A", 100, at: "2017-01-03")
    try fixture.driver.run()
    #expect(fixture.rows().purchases == 1)
    fixture.tick(to: "2017-02-02")
    try fixture.driver.run()
    #expect(fixture.rows().purchases == 0)
  }

  @Test func aReturnWhoseWaitIsOverByTheMembersOwnTimeCountsNothing() throws {
    let fixture = try EvaluatorFixture(programmes: [EvaluatorFixture.programme(waitDays: 10)])
    defer { fixture.driver.close() }
    fixture.bringBack("R", of: "A", 100, at: "2017-01-03")
    fixture.buy("B", 1, at: "2017-01-13")
    fixture.buy("A", 299, at: "2017-01-02")
    try fixture.driver.run()
    #expect(try fixture.changes() == ["M-1 journey silver 2017-01-13T12:00:00.001Z"])
    fixture.buy("C", 700, at: "2017-01-14")
    try fixture.driver.run()
    #expect(try fixture.changes().last == "M-1 journey gold 2017-01-14T12:00:00.001Z")
  }

  @Test func anotherTillMayTakeAPurchaseBackWhereItsIdIsTheOnlyOne() throws {
    let fixture = try EvaluatorFixture()
    defer { fixture.driver.close() }
    fixture.buy("A", 299, at: "2017-01-02")
    fixture.bringBack("R", of: "A", 299, at: "2017-01-03", source: "desk")
    fixture.buy("B", 299, at: "2017-01-04")
    try fixture.driver.run()
    #expect(try fixture.changes().isEmpty)
  }

  @Test func aPurchaseIsForgottenWhenItsTimeIsOver() throws {
    let fixture = try EvaluatorFixture(settings: TierSettings(purchaseMemoryMs: 10 * 86_400_000))
    defer { fixture.driver.close() }
    fixture.buy("A", 100, at: "2017-01-02")
    fixture.tick(to: "2017-01-12T11:59:59.999Z")
    try fixture.driver.run()
    #expect(fixture.rows().purchases == 1)
    fixture.tick(to: "2017-01-12")
    try fixture.driver.run()
    #expect(fixture.rows() == (tiers: 1, purchases: 0))
    try fixture.driver.restart(losingDisk: true)
    try fixture.driver.run()
    #expect(fixture.rows() == (tiers: 1, purchases: 0))
  }
}
