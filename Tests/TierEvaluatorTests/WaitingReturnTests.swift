import Contracts
import Loyalty
import StreamTesting
import TestValues
import Testing
import TierEvaluator

/// How many returns wait for purchases that have not come: by the rule of the points engine, which refuses the others.
/// `Tests/System/test_waiting_returns.py` holds the two together.
@Suite(.timeLimit(.minutes(10))) struct WaitingReturnTests {
  private func metric(_ fixture: EvaluatorFixture) throws -> ExactDecimal? { try fixture.told().last?.metric }

  @Test func ofOneUnknownPurchaseAHundredReturnsWait() throws {
    let fixture = try EvaluatorFixture()
    defer { fixture.driver.close() }
    for number in 0..<60 { fixture.bringBack("R\(number)", of: "A", 1, at: "2017-01-03") }
    try fixture.driver.run()
    try fixture.driver.restart(losingDisk: true)
    for number in 0..<120 { fixture.bringBack("R\(number)", of: "A", 1, at: "2017-01-03") }
    fixture.buy("A", 500, at: "2017-01-02")
    try fixture.driver.run()
    #expect(try metric(fixture) == ExactDecimal(400))
  }

  @Test func ofAMembersPurchasesTogetherAHundredReturnsWait() throws {
    let fixture = try EvaluatorFixture()
    defer { fixture.driver.close() }
    for number in 0..<101 { fixture.bringBack("R\(number)", of: "P\(number)", 1, at: "2017-01-03") }
    for number in 0..<101 { fixture.buy("P\(number)", 2, at: "2017-01-02") }
    try fixture.driver.run()
    #expect(try metric(fixture) == ExactDecimal(102))
  }

  @Test func whatHasComeOrWaitedInVainLeavesItsPlace() throws {
    let fixture = try EvaluatorFixture(programmes: [EvaluatorFixture.programme(waitDays: 5)])
    defer { fixture.driver.close() }
    for number in 0..<99 { fixture.bringBack("old\(number)", of: "never", 1, at: "2017-01-03") }
    fixture.bringBack("R1", of: "A", 1, at: "2017-01-04")
    fixture.bringBack("R2", of: "B", 1, at: "2017-01-04")
    fixture.buy("A", 100, at: "2017-01-02")
    fixture.bringBack("R3", of: "C", 1, at: "2017-01-04")
    fixture.buy("B", 100, at: "2017-01-05")
    fixture.buy("C", 100, at: "2017-01-05")
    try fixture.driver.run()
    // R1 and R3 waited in turn; R2 found no place.
    #expect(try metric(fixture) == ExactDecimal(298))
    for number in 0..<100 { fixture.bringBack("new\(number)", of: "D", 1, at: "2017-01-08T12:00:01Z") }
    fixture.buy("D", 200, at: "2017-01-08T12:00:02Z")
    try fixture.driver.run()
    #expect(try metric(fixture) == ExactDecimal(398))
  }

  @Test func returnsThatWaitTakeSoManyBytesTogether() throws {
    let fixture = try EvaluatorFixture()
    defer { fixture.driver.close() }
    let lines = (0..<470).map { ReturnedLine(sku: "\($0)" + String(repeating: "😀", count: 124), quantity: .one) }
    for number in 0..<3 {
      let returned = Return(purchaseId: "P\(number)", lines: lines, refund: 100)
      fixture.send("R\(number)", .returned(returned), at: "2017-01-03")
    }
    try fixture.driver.run()
    #expect(fixture.rows().purchases == 1)
  }

  /// It may have counted the purchase before it was paused.
  @Test func returnsOfAPausedProgrammeWaitToo() throws {
    let paused = EvaluatorFixture.programme(version: 2, from: "2017-01-03T00:00:00-05:00")
      .replacing(#""name":"Journey""#, with: #""name":"Journey","status":"paused""#)
    let fixture = try EvaluatorFixture(programmes: [EvaluatorFixture.programme(), paused])
    defer { fixture.driver.close() }
    fixture.bringBack("R", of: "A", 40, at: "2017-01-04")
    fixture.buy("A", 100, at: "2017-01-02")
    try fixture.driver.run()
    #expect(try metric(fixture) == ExactDecimal(60))
  }
}
