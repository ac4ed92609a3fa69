import Contracts
import Loyalty
import StreamTesting
import TestValues
import Testing

/// What services tell each other moves members' time too: an instant that none of them tells is a dead letter.
@Suite(.timeLimit(.minutes(10))) struct ToldFutureTests {
  private static let never = "2062-01-01"

  private func publish(_ engine: Engine, _ topic: Topic, _ value: String) {
    engine.driver.publish(topic.name, key: "M-1", value: value)
  }

  @Test func anInstantThatNoServiceTellsIsDeadLettered() throws {
    let engine = try Engine(clock: .wall, wallNow: "2017-06-02")
    defer { engine.driver.close() }
    engine.buy("A", 100, at: "2017-06-01")
    engine.buy("B", 100, at: Self.never)
    let part = Transfer.Part(points: 5, earnedAt: time("2017-06-01"), expiresAt: nil, programVersion: 1)
    for stage in [Transfer.Stage.sent, .declined(.accountClosed)] {
      let transfer = Transfer(
        id: "T", programId: "journey", programVersion: 1, from: "M-2", to: "M-1", occurredAt: time(Self.never),
        stage: stage, parts: [part])
      publish(engine, .transfers, json { transfer.encode(to: &$0) })
    }
    for (since, at) in [("2017-06-01", Self.never), (Self.never, "2017-06-01")] {
      let change = TierChange(
        memberId: "M-1", programId: "journey", level: "gold", previous: "member", since: time(since), until: nil,
        reason: .upgrade, metric: .zero, cause: "P", occurredAt: time(at))
      publish(engine, .tiers, json { change.encode(to: &$0) })
    }
    let claim = BudgetClaim(
      programId: "journey", campaign: "c", partition: 0, number: 1, points: 5, occurredAt: time(Self.never))
    publish(engine, .budgets, json { BudgetMessage.claim(claim).encode(to: &$0) })
    for (day, at) in [
      (LocalDate(year: 2062, month: 1, day: 1), "2017-06-01"), (LocalDate(year: 2017, month: 6, day: 1), Self.never),
    ] {
      let adjust = MemberCommand(
        id: "C", kind: .adjust(points: 5), memberId: "M-1", programId: "journey", occurredAt: time(at), actor: "ann",
        reason: "sorry")
      let clearance = Clearance(
        service: .pointsEngine, command: .member(adjust), actor: "ann", kind: .adjustedPoints,
        day: try #require(day), amount: 5, most: 10)
      publish(engine, .clearances, json { clearance.encode(to: &$0) })
    }
    engine.buy("C", 50, at: "2017-06-02")
    try engine.run()
    #expect(try engine.ledger() == ["points.earned 100", "points.earned 50"])
    let codes = engine.driver.outputs(Topic.deadLetters(of: .pointsEngine)).map { $0.headers["dl_error"] }
    #expect(codes == Array(repeating: "in-the-future", count: 8))
    #expect(engine.driver.rows(of: "actor-days").isEmpty)
  }

  /// As far ahead as ingest may be told to take a purchase, what it takes is booked.
  @Test func whatIngestMayTakeIsBooked() throws {
    let engine = try Engine(clock: .wall, wallNow: "2017-06-02")
    defer { engine.driver.close() }
    engine.buy("A", 100, at: "2018-06-02")
    try engine.run()
    #expect(try engine.ledger() == ["points.earned 100"])
  }

  /// A replay lives in the time that its events tell.
  @Test func onStreamTimeAnyInstantIsTaken() throws {
    let engine = try Engine()
    defer { engine.driver.close() }
    engine.buy("A", 100, at: Self.never)
    try engine.run()
    #expect(try engine.ledger() == ["points.earned 100"])
  }
}
