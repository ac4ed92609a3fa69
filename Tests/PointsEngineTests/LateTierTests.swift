import Contracts
import Loyalty
import PointsEngine
import StreamRuntime
import StreamTesting
import Testing

/// Activities that the engine booked before it heard of the tier that the member held by then.
@Suite(.timeLimit(.minutes(10))) struct LateTierTests {
  private static let programme = """
    {"id":"journey","version":1,"effectiveFrom":"2017-01-01T00:00:00Z","name":"Journey","currencies":["USD"],
     "timeZone":"UTC","earning":[
       {"id":"review","kind":"activity","activity":"review.written","points":5},
       {"id":"gold-review","kind":"activity","activity":"review.written","points":20,"when":{"tier":["gold"]}}],
     "pending":{"days":14},
     "tiers":{"metric":"spend","window":{"kind":"lifetime"},
      "levels":[{"id":"member","from":"0"},{"id":"gold","from":"1000"}]}}
    """

  private func review(_ engine: Engine, _ id: String, at day: String, member: String = "M-1") {
    engine.driver.publish(
      Topic.activities.name, key: member,
      value: """
        {"type":"activity","id":"\(id)","memberId":"\(member)","occurredAt":"\(day)T12:00:00Z","source":"crm",
         "activity":"review.written"}
        """)
  }

  @Test func activitiesAreRatedAgainWhenATierBecomesKnownLate() throws {
    let engine = try Engine(programmes: [Self.programme])
    defer { engine.driver.close() }
    review(engine, "before", at: "2017-01-02")
    review(engine, "A", at: "2017-01-05")
    review(engine, "B", at: "2017-01-06")
    review(engine, "other", at: "2017-01-06", member: "M-10")
    try engine.run()
    try engine.driver.restart(losingDisk: true)
    engine.reach("gold", since: "2017-01-04")
    try engine.run()
    let corrections = try engine.entries().filter { $0.type == .pointsCorrected }
    #expect(corrections.map(\.cause) == ["A", "B"])
    #expect(corrections.allSatisfy { $0.points == 20 && $0.rule == "gold-review" && $0.memberId == "M-1" })
    #expect(try engine.account()?.balances == Balances(pending: 55, available: 0))
    #expect(try engine.account("M-10")?.balances == Balances(pending: 5, available: 0))
    // What was rated again is kept so: the next news of the tier starts from there.
    try engine.driver.restart(losingDisk: true)
    engine.reach("member", since: "2017-01-04")
    try engine.run()
    #expect(try engine.account()?.balances == Balances(pending: 15, available: 0))
  }

  @Test func anActivityAtTheInstantOfATierIsItsFirst() throws {
    let engine = try Engine(programmes: [Self.programme])
    defer { engine.driver.close() }
    review(engine, "A", at: "2017-01-04")
    try engine.run()
    engine.reach("gold", since: "2017-01-04")
    try engine.run()
    #expect(try engine.account()?.balances == Balances(pending: 25, available: 0))
  }

  @Test func whatExpiredOfAnActivityIsTakenBackWhereItExpired() throws {
    let programme = Self.programme
      .replacing(#""points":5}"#, with: #""points":5,"when":{"tier":["member"]}}"#)
      .replacing(
        #""gold-review","kind":"activity","activity":"review.written""#,
        with: #""other","kind":"activity","activity":"other""#
      )
      .replacing(#""pending":{"days":14}"#, with: #""expiry":{"kind":"days","days":10}"#)
    let engine = try Engine(programmes: [programme])
    defer { engine.driver.close() }
    review(engine, "A", at: "2017-01-02")
    try engine.run()
    engine.tick(to: "2017-02-01")
    try engine.run()
    #expect(try engine.account()?.totals.expired == 5)
    engine.reach("gold", since: "2017-01-01")
    engine.tick(to: "2017-02-02")
    try engine.run()
    let account = try #require(try engine.account())
    #expect(account.totals.expired == 0 && account.totals.issued == 0 && account.shortfall == 0)
  }
}
