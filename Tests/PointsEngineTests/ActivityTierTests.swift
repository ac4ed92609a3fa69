import Contracts
import Loyalty
import StreamTesting
import TestValues
import Testing

/// Tiers measured by what members did that is no purchase.
@Suite(.timeLimit(.minutes(10))) struct ActivityTierTests {
  private static func programme(
    version: Int = 1, from: String = "2017-01-01T00:00:00Z", earning: String = "",
    measure: String = #""metric":"activities","activities":{"names":["flight.flown"],"attribute":"miles"}"#
  ) -> String {
    """
    {"id":"journey","version":\(version),"effectiveFrom":"\(from)","name":"Journey","currencies":["USD","EUR"],
     "timeZone":"UTC","earning":[{"id":"base","kind":"spend","points":1,"per":"1.00"}\(earning)],
     "tiers":{\(measure),"window":{"kind":"calendar-year"},"onReversal":"rejudge",
      "levels":[{"id":"member","from":"0"},{"id":"gold","from":"1000","factor":"2"}]}}
    """
  }

  private func fly(_ engine: Engine, _ id: String, _ miles: String, at instant: String, name: String = "flight.flown") {
    let activity = Activity(
      id: id, source: "app", memberId: "M-1", occurredAt: time(instant), name: name, numbers: ["miles": decimal(miles)])
    engine.driver.publish(Topic.activities.name, key: "M-1", value: json { activity.encode(to: &$0) })
  }

  private func told(_ engine: Engine) throws -> [TierChange] {
    try engine.driver.outputs(Topic.tiers.name).compactMap(\.value).map { value in
      try bytes(value) { try TierChange(decoding: $0) }
    }
  }

  @Test func milesLiftALevelAndPurchasesEarnAtItWithoutCounting() throws {
    let engine = try Engine(programmes: [Self.programme()])
    defer { engine.driver.close() }
    fly(engine, "F-1", "999.5", at: "2017-01-02")
    engine.buy("A", 5_000, at: "2017-01-03")
    try engine.run()
    fly(engine, "F-2", "0.5", at: "2017-01-04")
    try engine.run()
    engine.buy("B", 100, at: "2017-01-05")
    try engine.run()
    #expect(try engine.ledger() == ["points.earned 5000", "points.earned 100", "points.earned 100"])
    let changes = try told(engine)
    #expect(changes.filter { $0.reason == .upgrade }.map(\.level) == ["gold"])
    #expect(changes.last?.metric == decimal("1000") && changes.last?.measures == .activities)
    #expect(changes.last?.until == time("2019-01-01T00:00:00Z"))
    #expect(try engine.account()?.tier?.level == "gold")
  }

  @Test func theSameActivityCountsOnceAndOneOfAnotherNameNever() throws {
    let engine = try Engine(programmes: [Self.programme()])
    defer { engine.driver.close() }
    for _ in 0..<2 {
      fly(engine, "F-1", "600", at: "2017-01-02")
      try engine.run()
    }
    fly(engine, "F-2", "600", at: "2017-01-03", name: "flight.booked")
    try engine.run()
    #expect(try told(engine).last?.metric == decimal("600"))
    #expect(engine.driver.rows(of: "activities").count == 1)
  }

  @Test func milesTakenBackTakeTheLevelWhereTheProgrammeSaysSo() throws {
    let engine = try Engine(programmes: [Self.programme()])
    defer { engine.driver.close() }
    fly(engine, "F-1", "1000", at: "2017-01-02")
    fly(engine, "F-2", "-0.5", at: "2017-01-03")
    try engine.run()
    let last = try #require(try told(engine).last)
    #expect(last.level == "member" && last.reason == .downgrade && last.metric == decimal("999.5"))
  }

  @Test func anActivityThatAlsoEarnsCountsBeside() throws {
    let engine = try Engine(programmes: [
      Self.programme(
        earning:
          #",{"id":"flown","kind":"activity","activity":"flight.flown","formula":{"attribute":"miles","factor":"0.1"}}"#
      )
    ])
    defer { engine.driver.close() }
    fly(engine, "F-1", "1000", at: "2017-01-02")
    try engine.run()
    #expect(try engine.ledger() == ["points.earned 100"])
    #expect(try told(engine).last?.level == "gold")
  }

  /// A version before measured spend over two currencies: the engine judges it too, at the rates of that version.
  @Test func spendOfAnEarlierVersionCountsAtItsRates() throws {
    let engine = try Engine(programmes: [
      Self.programme(measure: #""metric":"spend","rates":{"EUR":"1.25"}"#),
      Self.programme(version: 2, from: "2018-01-01T00:00:00Z"),
    ])
    defer { engine.driver.close() }
    let euro = currency("EUR")
    engine.send(
      Transaction(
        id: "A", source: "pos", kind: .purchase, memberId: "M-1", occurredAt: time("2017-01-02"), currency: euro,
        lines: [PurchaseLine(sku: "A", amount: 800_00)], total: 800_00))
    try engine.run()
    #expect(try told(engine).last?.metric == decimal("1000") && told(engine).last?.level == "gold")
    engine.send(
      Transaction(
        id: "R", source: "pos", kind: .returned(Return(purchaseId: "A", refund: 80_00)), memberId: "M-1",
        occurredAt: time("2017-01-03"), currency: euro))
    try engine.run()
    #expect(try told(engine).last?.metric == decimal("900") && told(engine).last?.level == "member")
  }
}
