import Contracts
import Loyalty
import StreamTesting
import TestValues
import Testing
import TierEvaluator

@Suite(.timeLimit(.minutes(10))) struct TierSetTests {
  private func set(
    _ fixture: EvaluatorFixture, _ level: String, until: String, at instant: String, id: String = "C-1",
    program: String? = nil
  ) {
    let command = Command.tier(
      TierCommand(
        id: id, memberId: "M-1", programId: program, level: level, until: time(until), occurredAt: time(instant),
        actor: "ann", reason: "status match"))
    fixture.driver.publish(Topic.commands.name, key: "M-1", value: json { command.encode(to: &$0) })
  }

  @Test func aLevelSetByHandHoldsUntilItsDateThroughRestarts() throws {
    let fixture = try EvaluatorFixture()
    defer { fixture.driver.close() }
    for _ in 0..<2 { set(fixture, "gold", until: "2017-06-01", at: "2017-02-01") }
    try fixture.driver.run()
    try fixture.driver.restart(losingDisk: true)
    set(fixture, "gold", until: "2017-06-01", at: "2017-02-01")
    fixture.buy("A", 300, at: "2017-03-01")
    try fixture.driver.run()
    #expect(try fixture.changes() == ["M-1 journey gold 2017-02-01T12:00:00Z"])
    fixture.tick(to: "2017-06-01")
    try fixture.driver.run()
    #expect(try fixture.changes().last == "M-1 journey silver 2017-06-01T12:00:00Z")
    #expect(fixture.deadLetters().isEmpty)
  }

  @Test func aCommandThatCannotBeDoneIsADeadLetterWithACode() throws {
    let fixture = try EvaluatorFixture()
    defer { fixture.driver.close() }
    set(fixture, "platinum", until: "2018-06-01", at: "2017-02-01", id: "1")
    set(fixture, "gold", until: "2017-01-01", at: "2017-02-01", id: "2")
    set(fixture, "gold", until: "2018-01-01", at: "2017-02-01", id: "3", program: "nobodys")
    try fixture.driver.run()
    fixture.publish(EvaluatorFixture.programme(id: "club"), key: "club")
    try fixture.driver.run()
    set(fixture, "gold", until: "2018-01-01", at: "2017-02-01", id: "4")
    try fixture.driver.run()
    let codes = fixture.deadLetters().map { $0.headers["dl_error"] }
    #expect(codes == ["unknown-level", "until-has-passed", "unknown-program", "program-required"])
    #expect(try fixture.changes().isEmpty)
  }

  @Test func anIdThatStandsForAnotherLevelIsAConflict() throws {
    let fixture = try EvaluatorFixture()
    defer { fixture.driver.close() }
    set(fixture, "gold", until: "2017-06-01", at: "2017-02-01")
    try fixture.driver.run()
    try fixture.driver.restart(losingDisk: true)
    set(fixture, "silver", until: "2017-06-01", at: "2017-02-02")
    set(fixture, "gold", until: "2017-07-01", at: "2017-02-02")
    set(fixture, "gold", until: "2017-06-01", at: "2017-02-02")
    try fixture.driver.run()
    #expect(
      fixture.deadLetters().map { $0.headers["dl_error"] } == ["conflicting-command", "conflicting-command"])
    #expect(try fixture.changes() == ["M-1 journey gold 2017-02-01T12:00:00Z"])
  }

  @Test func aChangeTellsTheWayToTheNextLevelAndProgressComesOnceACycle() throws {
    let fixture = try EvaluatorFixture()
    defer { fixture.driver.close() }
    fixture.buy("A", 100, at: "2017-01-02")
    fixture.buy("B", 50, at: "2017-01-03")
    try fixture.driver.run()
    let progress = try #require(try fixture.told().first)
    #expect(try fixture.told().count == 1)
    #expect(progress.reason == .progress && progress.cause == "B" && progress.level == "member")
    #expect(progress.next == NextTier(level: "silver", from: ExactDecimal(300), missing: ExactDecimal(150)))
    fixture.buy("C", 200, at: "2017-01-04")
    try fixture.driver.run()
    #expect(try fixture.told().map(\.reason) == [.progress, .upgrade], "the upgrade tells the way itself")
    #expect(try fixture.told().last?.next?.missing == ExactDecimal(650))
    fixture.erase("M-1", at: "2017-01-05")
    fixture.buy("D", 10, at: "2017-01-06")
    try fixture.driver.run()
    #expect(try fixture.told().last?.next?.missing == ExactDecimal(290))
  }
}
