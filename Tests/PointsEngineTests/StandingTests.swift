import Contracts
import Loyalty
import TestValues
import Testing

/// Freezing and closing as the engine does them: in every programme with an account where none is named.
@Suite(.timeLimit(.minutes(10))) struct StandingTests {
  private static let other = Engine.programme.replacing("\"journey\"", with: "\"stars\"")

  @Test func aFreezeThatNamesNoProgrammeOpensNoAccount() throws {
    let dong = Engine.programme.replacing("\"journey\"", with: "\"dong\"").replacing("USD", with: "VND")
    let engine = try Engine(programmes: [Engine.programme, dong])
    defer { engine.driver.close() }
    engine.reach("gold", since: "2017-01-01")
    engine.command("F0", .freeze, at: "2017-01-02")
    try engine.run()
    engine.buy("P", 100, at: "2017-01-03")
    engine.command("F", .freeze, at: "2017-01-04")
    engine.command("C", .close, at: "2017-01-05", program: "dong")
    try engine.run()
    #expect(try engine.account()?.status == .frozen && engine.account("M-1", "dong")?.status == .closed)
    let letters = engine.driver.outputs(Topic.deadLetters(of: .pointsEngine))
    #expect(letters.map { $0.headers["dl_error"] } == ["no-account"], "F0, before there was one")
  }

  @Test func aFreezeThatNamesNoProgrammeConcernsEveryAccount() throws {
    let engine = try Engine(programmes: [Engine.programme, Self.other])
    defer { engine.driver.close() }
    engine.buy("O", 0, at: "2017-01-01")
    engine.command("F", .freeze, at: "2017-01-02")
    engine.buy("P", 100, at: "2017-01-03")
    engine.tick(to: "2017-02-01")
    try engine.run()
    for program in ["journey", "stars"] {
      #expect(try engine.account("M-1", program)?.status == .frozen)
      #expect(try engine.account("M-1", program)?.balances == Balances(pending: 100, available: 0))
    }
    engine.command("U", .unfreeze, at: "2017-02-02", program: "stars")
    try engine.run()
    #expect(try engine.account("M-1", "stars")?.balances == Balances(pending: 0, available: 100))
    #expect(try engine.account("M-1", "journey")?.status == .frozen)
  }

  @Test func theSameCommandTwiceIsAnsweredOnceAndSurvivesALostDisk() throws {
    let engine = try Engine()
    defer { engine.driver.close() }
    engine.buy("P", 100, at: "2017-01-02")
    for _ in 0..<2 {
      engine.command("C", .close, at: "2017-01-03")
      try engine.run()
      try engine.driver.restart(losingDisk: true)
    }
    #expect(try engine.ledger() == ["points.earned 100", "member.closed 0"])
    #expect(try engine.account()?.endsAt == time("2017-02-02"))
    engine.buy("Q", 5, at: "2017-01-04")
    engine.tick(to: "2017-02-02")
    try engine.run()
    #expect(
      try engine.ledger().dropFirst(2) == [
        "points.earning-refused 0 account-closed", "points.released 100", "points.expired 100",
      ])
  }

  @Test func separateBalancesStaySeparate() throws {
    let engine = try Engine(programmes: [Engine.programme, Self.other])
    defer { engine.driver.close() }
    engine.buy("P", 100, at: "2017-01-02")
    engine.command("R", .redeem(points: 30, reference: nil), at: "2017-02-02", program: "stars")
    try engine.run()
    #expect(try engine.account("M-1", "stars")?.balances.available == 70)
    engine.tick(to: "2017-02-03")
    try engine.run()
    #expect(try engine.account("M-1", "journey")?.balances.available == 100)
  }
}
