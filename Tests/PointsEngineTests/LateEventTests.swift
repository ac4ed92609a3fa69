import Contracts
import Loyalty
import PointsEngine
import StreamTesting
import TestValues
import Testing

/// Purchases and returns that come late, or that may mean several.
@Suite(.timeLimit(.minutes(10))) struct LateEventTests {
  @Test func aLatePurchaseIsBookedAtTheAccountsOwnTime() throws {
    let engine = try Engine()
    defer { engine.driver.close() }
    engine.buy("A", 100, at: "2017-03-01")
    engine.buy("B", 100, at: "2017-02-01")
    try engine.run()
    let late = try engine.entries().filter { $0.cause == "B" }
    #expect(!late.isEmpty && late.allSatisfy { $0.bookedAt == time("2017-03-01") })
  }

  @Test func aReturnThatMayMeanEitherOfTwoPurchasesTakesNothing() throws {
    let engine = try Engine()
    defer { engine.driver.close() }
    engine.buy("P", 100, at: "2017-01-02", source: "pos")
    engine.buy("P", 50, at: "2017-01-02", source: "web")
    engine.bringBack("R", of: "P", 40, at: "2017-01-03", source: "desk")
    engine.tick(to: "2017-01-04")
    try engine.run()
    #expect(try engine.ledger() == ["points.earned 100", "points.earned 50"])
    engine.tick(to: "2017-06-01")
    try engine.run()
    #expect(try engine.ledger().last == "return.refused 0 purchase-not-found")
  }

  @Test func aReturnThatFoundItsPurchaseIsNotWaitedWith() throws {
    let engine = try Engine()
    defer { engine.driver.close() }
    engine.buy("P", 100, at: "2017-01-02")
    engine.bringBack("R", of: "P", 40, at: "2017-01-03")
    engine.tick(to: "2017-06-01")
    try engine.run()
    #expect(try engine.ledger() == ["points.earned 100", "points.reversed 40", "points.released 60"])
  }
}
