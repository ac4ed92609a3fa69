import Contracts
import Loyalty
import PointsEngine
import StreamTesting
import Testing

@Suite(.timeLimit(.minutes(10))) struct FutureProfileTests {
  private static let letters = "points-engine.dead-letters"

  /// Profiles, activities and erasures alike: on wall time nothing has happened that is still to come.
  @Test func whatIsStillToComeIsDeadLettered() throws {
    let engine = try Engine(clock: .wall, wallNow: "2017-06-02")
    defer { engine.driver.close() }
    let values = [
      (Topic.members, #"{"type":"member.profile","id":"M-1","occurredAt":"9999-01-01T00:00:00Z","locale":"vi"}"#),
      (
        Topic.members,
        #"{"type":"member.profile","id":"M-1","occurredAt":"2017-01-01T00:00:00Z","joinedAt":"9999-01-01T00:00:00Z"}"#
      ),
      (
        Topic.activities,
        #"{"type":"activity","id":"A","memberId":"M-1","source":"crm","occurredAt":"9999-01-01T00:00:00Z","activity":"x"}"#
      ),
      (
        Topic.privacyTasks,
        #"{"type":"privacy.erase","id":"t","requestId":"E","memberId":"M-1","services":["points-engine"],"#
          + #""occurredAt":"9999-01-01T00:00:00Z"}"#
      ),
    ]
    for (topic, value) in values { engine.driver.publish(topic.name, key: "M-1", value: value) }
    try engine.run()
    let codes = engine.driver.outputs(Self.letters).map { $0.headers["dl_error"] }
    #expect(codes == Array(repeating: "in-the-future", count: values.count))
    #expect(engine.driver.outputs(Topic.privacyReports.name).isEmpty)
    #expect(engine.driver.rows(of: "traits").isEmpty)
    engine.buy("P", 100, at: "2017-06-02")
    try engine.run()
    #expect(try engine.ledger() == ["points.earned 100"])
  }
}
