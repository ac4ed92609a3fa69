import Contracts
import Loyalty
import StreamRuntime
import StreamTesting
import TestValues
import Testing
import TierEvaluator

@Suite(.timeLimit(.minutes(10))) struct ClimbTests {
  @Test func aMemberClimbsAtOnceAndFallsAsSpendLeaves() throws {
    let fixture = try EvaluatorFixture()
    defer { fixture.driver.close() }
    fixture.buy("A", 299, at: "2017-01-02")
    fixture.buy("B", 1, at: "2017-01-03")
    fixture.buy("C", 800, at: "2017-02-03")
    try fixture.driver.run()
    #expect(
      try fixture.changes() == [
        "M-1 journey silver 2017-01-03T12:00:00.001Z", "M-1 journey gold 2017-02-03T12:00:00.001Z",
      ])
    try fixture.driver.restart(losingDisk: true)
    fixture.tick(to: "2018-02-02")
    try fixture.driver.run()
    #expect(try fixture.changes().last == "M-1 journey silver 2018-01-02T05:00:00Z")
    fixture.tick(to: "2018-12-31")
    try fixture.driver.run()
    #expect(try fixture.changes().last == "M-1 journey member 2018-02-03T05:00:00Z")
  }

  @Test func aProgrammeThatMeasuresPointsIsLeftToThePointsEngine() throws {
    let points = EvaluatorFixture.programme().replacing("\"spend\"", with: "\"points\"")
    let fixture = try EvaluatorFixture()
    defer { fixture.driver.close() }
    fixture.buy("A", 500, at: "2017-01-02")
    try fixture.driver.run()
    fixture.publish(points.replacing("\"version\":1", with: "\"version\":2"), key: "p:1")
    fixture.buy("B", 800, at: "2017-01-03")
    try fixture.driver.run()
    #expect(fixture.rows().purchases == 1)
    fixture.tick(to: "2019-01-01")
    try fixture.driver.run()
    #expect(try fixture.changes() == ["M-1 journey silver 2017-01-02T12:00:00.001Z"])
  }

  @Test func aChangeIsACloudEventThatPassesTheTraceOn() throws {
    let fixture = try EvaluatorFixture()
    defer { fixture.driver.close() }
    let purchase = Transaction(
      id: "A", source: "pos", kind: .purchase, memberId: "M-1", occurredAt: time("2017-01-02"), currency: usd,
      lines: [PurchaseLine(sku: "A", amount: 30_000)])
    let trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    fixture.driver.publish(
      Topic.transactions.name, key: "M-1", value: json { purchase.encode(to: &$0) }, headers: ["traceparent": trace])
    try fixture.driver.run()
    let output = try #require(fixture.changeOutputs().first)
    #expect(output.key == "M-1\u{1F}journey")
    #expect(output.headers["ce_type"] == "tier.changed" && output.headers["ce_source"] == "tier-evaluator")
    #expect(output.headers["ce_time"] == "2017-01-02T12:00:00.001Z" && output.headers["traceparent"] == trace)
  }

  @Test func theSamePurchaseAgainChangesNothing() throws {
    let fixture = try EvaluatorFixture()
    defer { fixture.driver.close() }
    for _ in 0..<5 { fixture.buy("A", 150, at: "2017-01-02") }
    try fixture.driver.run()
    try fixture.driver.restart(losingDisk: true)
    fixture.buy("A", 150, at: "2017-01-02")
    try fixture.driver.run()
    #expect(try fixture.changes().isEmpty)
    fixture.buy("A", 150, at: "2017-01-02", source: "web")
    try fixture.driver.run()
    #expect(try fixture.changes() == ["M-1 journey silver 2017-01-02T12:00:00.001Z"])
  }

  @Test func anotherMembersEventsDoNotMoveAMembersTime() throws {
    let fixture = try EvaluatorFixture()
    defer { fixture.driver.close() }
    fixture.buy("A", 300, at: "2017-01-02")
    fixture.buy("B", 1, at: "2019-01-02", member: "M-2")
    try fixture.driver.run()
    #expect(try fixture.changes().count == 1)
    fixture.buy("C", 1, at: "2018-06-02")
    try fixture.driver.run()
    #expect(try fixture.changes().last == "M-1 journey member 2018-01-02T05:00:00Z")
  }

  @Test func onWallTimeAPurchaseThatNoServiceTellsMovesNobodysTime() throws {
    let fixture = try EvaluatorFixture(clock: .wall, wallNow: "2017-01-02T12:00:01Z")
    defer { fixture.driver.close() }
    fixture.buy("A", 300, at: "2062-01-02")
    fixture.buy("B", 300, at: "2017-01-02")
    try fixture.driver.run()
    #expect(fixture.deadLetters().map { $0.headers["dl_error"] } == ["in-the-future"])
    #expect(try fixture.changes() == ["M-1 journey silver 2017-01-02T12:00:00.001Z"])
  }

  @Test func onWallTimeTiersFallAsTheDaysPass() throws {
    let fixture = try EvaluatorFixture(clock: .wall, wallNow: "2017-01-02T12:00:01Z")
    defer { fixture.driver.close() }
    fixture.buy("A", 300, at: "2017-01-02")
    fixture.tick(to: "2030-01-01")
    fixture.driver.wall.nowMs = time("2018-01-02T04:59:59.999Z").milliseconds
    try fixture.driver.run()
    #expect(try fixture.changes().count == 1)
    fixture.driver.wall.nowMs += 1
    try fixture.driver.run()
    #expect(try fixture.changes().last == "M-1 journey member 2018-01-02T05:00:00Z")
  }

  @Test func eachProgrammeKeepsItsOwnTierUnderItsOwnKey() throws {
    let low = #"[{"id":"base","from":"0"},{"id":"top","from":"10"}]"#
    let fixture = try EvaluatorFixture(programmes: [
      EvaluatorFixture.programme(), EvaluatorFixture.programme(id: "club", levels: low),
    ])
    defer { fixture.driver.close() }
    fixture.buy("A", 300, at: "2017-01-02")
    try fixture.driver.run()
    let since = "2017-01-02T12:00:00.001Z"
    #expect(try fixture.changes() == ["M-1 club top \(since)", "M-1 journey silver \(since)"])
    #expect(fixture.changeOutputs().map(\.key) == ["M-1\u{1F}club", "M-1\u{1F}journey"])
  }

  @Test func aJudgementGoesByTheVersionInForceAtItsInstant() throws {
    let easier = #"[{"id":"member","from":"0"},{"id":"silver","from":"100"},{"id":"gold","from":"1000"}]"#
    let fixture = try EvaluatorFixture(programmes: [
      EvaluatorFixture.programme(),
      EvaluatorFixture.programme(version: 2, from: "2018-01-01T00:00:00-05:00", levels: easier),
    ])
    defer { fixture.driver.close() }
    fixture.buy("A", 200, at: "2017-01-02")
    fixture.buy("B", 100, at: "2017-01-03")
    fixture.tick(to: "2018-01-03T04:59:59Z")
    try fixture.driver.run()
    // 100 dollars are left, below the old threshold and enough for the new one.
    #expect(try fixture.changes().count == 1)
    fixture.tick(to: "2018-01-03T05:00:00Z")
    try fixture.driver.run()
    #expect(try fixture.changes().last == "M-1 journey member 2018-01-03T05:00:00Z")
  }

  @Test func aLevelKeptYearAfterYearIsToldByEventsWithIdsOfTheirOwn() throws {
    let yearly = EvaluatorFixture.programme().replacingWindow(#"{"kind":"calendar-year"}"#)
    let fixture = try EvaluatorFixture(programmes: [yearly])
    defer { fixture.driver.close() }
    for year in 2017...2020 { fixture.buy("P\(year)", 300, at: "\(year)-03-01") }
    fixture.tick(to: "2021-06-01")
    try fixture.driver.run()
    #expect(Set(try fixture.changes()) == ["M-1 journey silver 2017-03-01T12:00:00.001Z"])
    let ids = fixture.changeOutputs().compactMap { $0.headers["ce_id"] }
    #expect(ids.count == 4 && Set(ids).count == 4, "\(ids)")
  }

  @Test func withdrawnTiersStopTheTimers() throws {
    let fixture = try EvaluatorFixture()
    defer { fixture.driver.close() }
    fixture.buy("A", 300, at: "2017-01-02")
    try fixture.driver.run()
    fixture.publish(nil)
    try fixture.driver.run()
    fixture.tick(to: "2018-12-31")
    fixture.buy("B", 300, at: "2019-01-02")
    try fixture.driver.run()
    #expect(try fixture.changes().count == 1)
  }
}
