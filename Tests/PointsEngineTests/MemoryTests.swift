import Contracts
import Loyalty
import PointsEngine
import Testing

/// What the engine remembers and for how long, and what ids tell apart.
@Suite(.timeLimit(.minutes(10))) struct MemoryTests {
  private static let dayMs: Int64 = 86_400_000
  private static let forever = """
    {"id":"journey","version":1,"effectiveFrom":"2017-01-01T00:00:00Z","name":"Journey","currencies":["USD"],
     "timeZone":"UTC","earning":[{"id":"base","kind":"spend","points":1,"per":"1.00"}]}
    """

  @Test func aPurchaseCanBeReturnedAsLongAsItsPointsAreThere() throws {
    let engine = try Engine(programmes: [Self.forever])
    defer { engine.driver.close() }
    engine.buy("old", 100, at: "2017-01-02")
    engine.buy("spent", 50, at: "2017-01-01")
    try engine.run()
    engine.command("R", .redeem(points: 50, reference: nil), at: "2017-02-01")
    try engine.run()
    engine.tick(to: "2019-01-01")
    try engine.run()
    #expect(engine.purchaseRows() == 1, "of the one that was spent nothing is left to take back")
    engine.bringBack("back", of: "old", 100, at: "2019-01-02")
    engine.bringBack("late", of: "spent", 50, at: "2019-01-02")
    engine.tick(to: "2019-03-01")
    try engine.run()
    let after = try engine.ledger().suffix(2)
    #expect(after == ["points.reversed 100", "return.refused 0 purchase-not-found"])
    #expect(try engine.account()?.balances == Balances())
    engine.tick(to: "2019-06-01")
    try engine.run()
    #expect(engine.purchaseRows() == 0)
  }

  @Test func commandsAreForgottenAfterTheirMemory() throws {
    let engine = try Engine(programmes: [Self.forever], settings: PointsSettings(commandMemoryMs: 30 * Self.dayMs))
    defer { engine.driver.close() }
    engine.buy("P", 100, at: "2017-01-02")
    try engine.run()
    for at in ["2017-01-03", "2017-01-20"] { engine.command("R", .redeem(points: 10, reference: nil), at: at) }
    engine.tick(to: "2017-02-01")
    try engine.run()
    engine.command("R", .redeem(points: 10, reference: nil), at: "2017-02-01")
    try engine.run()
    #expect(engine.commandRows() == 1)
    #expect(try engine.account()?.balances.available == 90, "the same again moved nothing")
    engine.tick(to: "2017-02-03")
    try engine.run()
    #expect(engine.commandRows() == 0)
    engine.command("C", .cancelRedemption(redemptionId: "R"), at: "2017-02-04")
    try engine.run()
    #expect(try engine.ledger().last == "points.redemption-cancel-refused 0 unknown-redemption")
  }

  @Test func oneCommandIdForSeveralMembersMakesEntriesOfDifferentIds() throws {
    let programme = Self.forever.replacing("\"earning\"", with: "\"expiry\":{\"kind\":\"days\",\"days\":9},\"earning\"")
    let engine = try Engine(programmes: [programme], partitionCount: 2)
    defer { engine.driver.close() }
    for member in ["M-1", "M-2", "M-3"] {
      engine.command("GIFT", .adjust(points: 5), at: "2017-01-02", member: member)
    }
    engine.tick(to: "2017-02-01")
    try engine.run()
    let ids = try engine.entries().map(\.id)
    #expect(ids.count == 6 && Set(ids).count == 6, "\(ids)")
  }
}
