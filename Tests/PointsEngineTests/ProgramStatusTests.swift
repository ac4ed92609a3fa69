import Loyalty
import Testing

/// What a programme's status means for its members.
@Suite(.timeLimit(.minutes(10))) struct ProgramStatusTests {
  private func version(_ number: Int, from: String, _ status: String) -> String {
    """
    {"id":"journey","version":\(number),"effectiveFrom":"\(from)T00:00:00Z","name":"Journey","status":"\(status)",
     "currencies":["USD"],"timeZone":"UTC","earning":[{"id":"base","kind":"spend","points":1,"per":"1.00"}],
     "expiry":{"kind":"months","months":6}}
    """
  }

  @Test(arguments: ["paused", "archived"])
  func nothingIsEarnedOrSpentButReturnsAndExpiryGoOn(status: String) throws {
    let engine = try Engine(programmes: [
      version(1, from: "2017-01-01", "active"), version(2, from: "2017-03-01", status),
    ])
    defer { engine.driver.close() }
    engine.buy("A", 100, at: "2017-02-01")
    engine.buy("B", 50, at: "2017-02-02")
    engine.buy("C", 70, at: "2017-03-02")
    try engine.run()
    engine.command("R", .redeem(points: 10, reference: nil), at: "2017-03-03", program: "journey")
    try engine.run()
    engine.bringBack("T", of: "A", 40, at: "2017-03-04")
    engine.buy("late, but from before", 5, at: "2017-02-28")
    try engine.run()
    #expect(
      try engine.ledger() == [
        "points.earned 100", "points.earned 50", "points.redemption-refused 0 program-paused", "points.reversed 40",
        "points.earned 5",
      ])
    engine.tick(to: "2017-09-01")
    try engine.run()
    #expect(try engine.account()?.balances.available == 0)
    #expect(try engine.account()?.totals.expired == 115)
  }

  @Test func aProgrammeThatIsActiveAgainEarnsAgainAndForgetsNothing() throws {
    let engine = try Engine(programmes: [
      version(1, from: "2017-01-01", "active"), version(2, from: "2017-03-01", "paused"),
      version(3, from: "2017-04-01", "active"),
    ])
    defer { engine.driver.close() }
    engine.buy("A", 100, at: "2017-02-01")
    engine.buy("B", 50, at: "2017-03-02")
    engine.buy("C", 10, at: "2017-04-02")
    engine.command("R", .redeem(points: 105, reference: nil), at: "2017-04-03")
    try engine.run()
    #expect(
      try engine.ledger() == ["points.earned 100", "points.earned 10", "points.redeemed 100", "points.redeemed 5"])
  }

  @Test func aDraftIsNeverInForce() throws {
    let engine = try Engine(programmes: [
      version(1, from: "2017-01-01", "active"), version(2, from: "2017-03-01", "draft"),
    ])
    defer { engine.driver.close() }
    engine.buy("A", 100, at: "2017-04-01")
    try engine.run()
    #expect(try engine.entries().map(\.programVersion) == [1])
  }
}
