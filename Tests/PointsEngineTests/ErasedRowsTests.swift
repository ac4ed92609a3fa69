import Contracts
import Loyalty
import PointsEngine
import StreamRuntime
import StreamTesting
import Testing

/// Of a member who is erased every row goes, out of the stores and out of their changelogs.
@Suite(.timeLimit(.minutes(10))) struct ErasedRowsTests {
  private static let programme = """
    {"id":"journey","version":1,"effectiveFrom":"2017-01-01T00:00:00Z","name":"Journey","currencies":["USD"],
     "timeZone":"UTC","earning":[
       {"id":"base","kind":"spend","points":1,"per":"1.00","when":{"segment":["vip"]}},
       {"id":"review","kind":"activity","activity":"review.written","points":5}],
     "tiers":{"metric":"points","window":{"kind":"lifetime"},
      "levels":[{"id":"member","from":"0"},{"id":"gold","from":"1000"}]}}
    """

  @Test func everyRowOfAnErasedMemberHasATombstone() throws {
    let engine = try Engine(programmes: [Self.programme])
    defer { engine.driver.close() }
    engine.driver.publish(
      Topic.members.name, key: "M-1",
      value: #"{"type":"member.profile","id":"M-1","occurredAt":"2017-01-01T12:00:00Z","segments":["vip"]}"#)
    try engine.run()
    engine.buy("A", 100, at: "2017-01-02")
    engine.driver.publish(
      Topic.activities.name, key: "M-1",
      value: """
        {"type":"activity","id":"R","memberId":"M-1","occurredAt":"2017-01-03T12:00:00Z","source":"crm",
         "activity":"review.written"}
        """)
    engine.command("C", .redeem(points: 30, reference: nil), at: "2017-01-04")
    try engine.run()
    #expect(try engine.account()?.balances.available == 75)
    engine.erase("M-1")
    try engine.run()
    #expect(try engine.account() == nil, "the last of it on the topic is a tombstone too")
    engine.buy("late", 50, at: "2017-05-30")
    try engine.run()
    #expect(try engine.account() == nil, "nor does what was under way bring a row back")
    for store in ["accounts", "purchases", "commands", "activities", "traits", "tiers"] {
      let rows = engine.driver.outputs("points-engine.\(store).changelog")
      let last = Dictionary(rows.map { ($0.key ?? "", $0.value) }, uniquingKeysWith: { $1 })
        .filter { $0.key.hasPrefix("M-1") }
      #expect(!last.isEmpty && last.values.allSatisfy { $0 == nil }, "\(store)")
    }
  }

  /// Between a claim on a campaign's budget and the grant that answers it.
  @Test func anAwardThatWaitsForABudgetIsForgottenToo() throws {
    let campaign = Self.programme
      .replacing(#""per":"1.00","when":{"segment":["vip"]}"#, with: #""per":"1.00","campaign":"spring""#)
      .replacing(#""tiers""#, with: #""campaigns":[{"id":"spring","budget":1000}],"tiers""#)
    let engine = try Engine(programmes: [campaign])
    defer { engine.driver.close() }
    func rows() -> [TopologyDriver.Output] { engine.driver.outputs("points-engine.deferrals.changelog") }
    engine.buy("A", 100, at: "2017-01-02")
    for _ in 0..<10 where rows().isEmpty { try engine.driver.step() }
    #expect(rows().count == 1 && rows().last?.value != nil)
    engine.erase("M-1")
    for _ in 0..<10 where engine.driver.outputs(Topic.privacyReports.name).isEmpty { try engine.driver.step() }
    #expect(rows().count == 2 && rows().last?.value == nil, "when the report says so, it is so")
  }
}
