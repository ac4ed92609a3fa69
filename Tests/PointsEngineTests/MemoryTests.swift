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

  @Test func idsThatAreUsedAgainAfterTheirMemoryMakeEntriesAndLotsOfTheirOwn() throws {
    let settings = PointsSettings(purchaseMemoryMs: 30 * Self.dayMs, commandMemoryMs: 30 * Self.dayMs)
    let programme = Self.forever.replacing(
      "\"earning\"", with: "\"transfer\":{},\"expiry\":{\"kind\":\"days\",\"days\":60},\"earning\"")
    let engine = try Engine(programmes: [programme], settings: settings)
    defer { engine.driver.close() }
    for year in ["2017", "2018", "2019"] {
      engine.buy("P", 100, at: "\(year)-01-02")
      engine.command("A", .adjust(points: 50), at: "\(year)-01-03")
      engine.command("R", .redeem(points: 120, reference: nil), at: "\(year)-01-04")
      engine.command("C", .cancelRedemption(redemptionId: "R", points: 20), at: "\(year)-01-05")
      engine.command("T", .transfer(points: 10, to: "M-2"), at: "\(year)-01-06")
      engine.command("N", .redeem(points: 1_000, reference: nil), at: "\(year)-01-07")
      engine.command("F", .freeze, at: "\(year)-01-08")
      engine.command("U", .unfreeze, at: "\(year)-01-09")
      engine.tick(to: "\(year)-12-01")
      try engine.run()
    }
    let entries = try engine.entries()
    #expect(Set(entries.map(\.id)).count == entries.count && entries.count > 30)
    #expect(Set(entries.filter { $0.type == .transferredIn }.map(\.lotId)).count == 3)
    #expect(try engine.account()?.balances == Balances())
  }

  @Test func aCommandOlderThanTheMemoryOfIdsIsRefusedForItMayHaveBeenTaken() throws {
    let engine = try Engine(programmes: [Self.forever], settings: PointsSettings(commandMemoryMs: 30 * Self.dayMs))
    defer { engine.driver.close() }
    engine.command("A", .adjust(points: 50), at: "2017-01-02")
    engine.buy("P", 100, at: "2017-03-02")
    engine.tick(to: "2017-03-03")
    try engine.run()
    for at in ["2017-01-02", "2017-02-01", "2017-02-02"] { engine.command("A", .adjust(points: 50), at: at) }
    try engine.run()
    #expect(
      try engine.ledger().suffix(3) == [
        "points.adjustment-refused 0 command-too-old", "points.adjustment-refused 0 command-too-old",
        "points.adjusted 50",
      ])
    let ids = try engine.entries().map(\.id)
    #expect(Set(ids).count == ids.count)
  }

  /// An account that nothing has moved since: the time that counts is the one up to which ids were forgotten.
  @Test func aCommandSentAgainToAnAccountThatStoodStillIsNotTakenASecondTime() throws {
    let engine = try Engine(programmes: [Self.forever], settings: PointsSettings(commandMemoryMs: 30 * Self.dayMs))
    defer { engine.driver.close() }
    engine.command("A", .adjust(points: 50), at: "2017-01-02")
    engine.tick(to: "2017-03-03")
    try engine.run()
    for at in ["2017-01-02", "2017-03-01"] { engine.command("A", .adjust(points: 50), at: at) }
    try engine.run()
    #expect(
      try engine.ledger() == [
        "points.adjusted 50", "points.adjustment-refused 0 command-too-old", "points.adjusted 50",
      ])
    let ids = try engine.entries().map(\.id)
    #expect(Set(ids).count == ids.count)
  }

  @Test func anIdThatStandsForAnotherCommandIsAConflictEachTime() throws {
    let engine = try Engine()
    defer { engine.driver.close() }
    engine.command("A", .adjust(points: 1000), at: "2017-01-02")
    for points: Points in [300, 300, 400, 400] {
      engine.command("R", .redeem(points: points, reference: nil), at: "2017-01-03")
      try engine.run()
      try engine.driver.restart(losingDisk: true)
    }
    engine.command("R", .adjust(points: 300), at: "2017-01-03")
    engine.command("R", .redeem(points: 300, reference: nil), at: "2017-01-05")
    try engine.run()
    #expect(
      try engine.ledger() == [
        "points.adjusted 1000", "points.redeemed 300", "points.redemption-refused 0 conflicting-command",
        "points.redemption-refused 0 conflicting-command", "points.adjustment-refused 0 conflicting-command",
      ])
    #expect(try engine.account()?.balances.available == 700)
    let ids = try engine.entries().map(\.id)
    #expect(Set(ids).count == ids.count)
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
