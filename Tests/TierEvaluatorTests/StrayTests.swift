import Contracts
import Loyalty
import StreamTesting
import TestValues
import Testing

/// Commands that lie in a partition where their keys do not belong: the points engine sends them on.
@Suite(.timeLimit(.minutes(10))) struct StrayTests {
  private func set(_ fixture: EvaluatorFixture, key: String = "M-1", partition: Int32? = nil) {
    let command = Command.tier(
      TierCommand(
        id: "C-1", memberId: "M-1", programId: nil, level: "gold", until: time("2017-06-01"),
        occurredAt: time("2017-02-01"), actor: "ann", reason: "status match"))
    fixture.driver.publish(
      Topic.commands.name, partition: partition, key: key, value: json { command.encode(to: &$0) })
  }

  @Test func commandThatLiesWrongIsPassedOverAndTheRightOneTaken() throws {
    let fixture = try EvaluatorFixture(partitionCount: 3)
    defer { fixture.driver.close() }
    let own = fixture.driver.log.partition(of: Array("M-1".utf8))
    set(fixture, partition: (own + 1) % 3)
    set(fixture, key: "M-2")
    try fixture.driver.run()
    #expect(try fixture.changes().isEmpty)
    #expect(fixture.driver.outputs(Topic.commands.name).count == 2)
    set(fixture)
    try fixture.driver.run()
    #expect(try fixture.changes() == ["M-1 journey gold 2017-02-01T12:00:00Z"])
    #expect(fixture.deadLetters().isEmpty)
  }

  @Test func ticksAreTakenWhereTheyLie() throws {
    let fixture = try EvaluatorFixture(partitionCount: 3)
    defer { fixture.driver.close() }
    set(fixture)
    try fixture.driver.run()
    let tick = json { Command.clockTick(id: "tick", to: time("2017-07-01")).encode(to: &$0) }
    for partition in 0..<Int32(3) {
      fixture.driver.publish(Topic.commands.name, partition: partition, key: "tick", value: tick)
    }
    try fixture.driver.run()
    #expect(try fixture.changes().count == 2)
  }
}
