import Loyalty
import Testing

/// Bonuses that one purchase holds and the return of another takes away.
@Suite(.timeLimit(.minutes(10))) struct LostBonusTests {
  private static let programme = """
    {"id":"journey","version":1,"effectiveFrom":"2017-01-01T00:00:00Z","name":"Journey","currencies":["USD"],
     "timeZone":"UTC","earning":[{"id":"base","kind":"spend","points":1,"per":"1.00"},
      {"id":"month","kind":"threshold","amount":"130","points":30,"within":"month"}],
     "expiry":{"kind":"days","days":10}}
    """

  @Test(arguments: [false, true])
  func aBonusThatRanOutIsTakenFromWhatRanOut(isSettledBefore: Bool) throws {
    let engine = try Engine(programmes: [Self.programme])
    defer { engine.driver.close() }
    engine.buy("A", 60, at: "2017-01-02")
    engine.buy("B", 80, at: "2017-01-03")
    engine.buy("C", 40, at: "2017-01-12")
    if isSettledBefore {
      engine.tick(to: "2017-01-13T20:00:00Z")
      try engine.run()
    }
    engine.bringBack("R", of: "A", 60, at: "2017-01-14")
    try engine.run()
    let account = try #require(try engine.account())
    #expect(account.balances == Balances(pending: 0, available: 40))
    let last = try #require(try engine.entries().last)
    #expect(last.type == .pointsReversed && last.points == 30 && last.debit == .programExpired)
    engine.bringBack("R2", of: "B", 80, at: "2017-01-15")
    try engine.run()
    #expect(try engine.account()?.balances.available == 40)
  }
}
