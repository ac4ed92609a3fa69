import Contracts
import Loyalty
import PointsEngine
import StreamRuntime
import StreamTesting
import TestValues
import Testing

/// Tiers measured in points, judged where the points are booked.
@Suite(.timeLimit(.minutes(10))) struct PointsTierTests {
  private static func programme(
    _ metric: String = "points", version: Int = 1, from: String = "2017-01-01T00:00:00Z",
    window: String = #"{"kind":"lifetime"}"#, more: String = ""
  ) -> String {
    """
    {"id":"journey","version":\(version),"effectiveFrom":"\(from)","name":"Journey","currencies":["USD"],
     "timeZone":"UTC","earning":[{"id":"base","kind":"spend","points":1,"per":"1.00"}]\(more),
     "tiers":{"metric":"\(metric)","window":\(window),"onReversal":"rejudge",
      "levels":[{"id":"member","from":"0"},{"id":"silver","from":"300","factor":"1.5"},
                {"id":"gold","from":"1000","factor":"2"}]}}
    """
  }

  private func changes(_ engine: Engine) throws -> [String] {
    try told(engine).filter { $0.reason != .progress }.map { "\($0.level) \($0.since.rfc3339)" }
  }

  private func told(_ engine: Engine) throws -> [TierChange] {
    try engine.driver.outputs(Topic.tiers.name).compactMap(\.value).map { value in
      try bytes(value) { try TierChange(decoding: $0) }
    }
  }

  private func deadLetters(_ engine: Engine) -> [TopologyDriver.Output] {
    engine.driver.outputs(Topic.deadLetters(of: .pointsEngine))
  }

  private func set(_ engine: Engine, _ level: String, until: String, at instant: String) {
    let command = Command.tier(
      TierCommand(
        id: "T-1", memberId: "M-1", programId: "journey", level: level, until: time(until), occurredAt: time(instant),
        actor: "ann", reason: "status match"))
    engine.driver.publish(Topic.commands.name, key: "M-1", value: json { command.encode(to: &$0) })
  }

  @Test func aPurchaseEarnsAtTheLevelThatThePurchasesBeforeItLedTo() throws {
    let engine = try Engine(programmes: [Self.programme()])
    defer { engine.driver.close() }
    engine.buy("A", 300, at: "2017-01-02")
    engine.buy("B", 400, at: "2017-01-03")
    engine.buy("C", 100, at: "2017-01-04")
    engine.buy("D", 100, at: "2017-01-05")
    try engine.run()
    #expect(
      try engine.ledger() == [
        "points.earned 300", "points.earned 400", "points.earned 200", "points.earned 100", "points.earned 50",
        "points.earned 100", "points.earned 100",
      ], "at once, and nothing is corrected")
    #expect(try changes(engine) == ["silver 2017-01-02T12:00:00.001Z", "gold 2017-01-04T12:00:00.001Z"])
    let output = try #require(engine.driver.outputs(Topic.tiers.name).first)
    #expect(output.key == "M-1\u{1F}journey" && output.headers["ce_source"] == "points-engine")
    let tier = try #require(try engine.account()?.tier)
    #expect(tier.level == "gold" && tier.metric == ExactDecimal(1_250) && tier.measures == .points)
  }

  @Test func aLatePurchaseMovesTheWalletsProgressAtOnce() throws {
    let engine = try Engine(programmes: [Self.programme("basePoints")])
    defer { engine.driver.close() }
    engine.buy("A", 300, at: "2017-01-05")
    engine.buy("B", 40, at: "2017-01-02")
    try engine.run()
    #expect(try told(engine).last?.metric == ExactDecimal(340))
    #expect(try engine.account()?.tier?.metric == ExactDecimal(340))
  }

  @Test func timeMovesTheWalletsProgressWithoutAnEvent() throws {
    let engine = try Engine(programmes: [Self.programme(window: #"{"kind":"rolling","months":12}"#)])
    defer { engine.driver.close() }
    engine.buy("A", 250, at: "2018-05-10")
    try engine.run()
    let before = try #require(try engine.account()?.tier)
    #expect(before.progress?.counted(at: time("2019-05-09")) == ExactDecimal(250))
    #expect(before.progress?.counted(at: time("2019-07-01")) == .zero)
    let statements = engine.driver.outputs(Topic.accounts.name).count
    engine.tick(to: "2019-07-01")
    try engine.run()
    let tier = try #require(try engine.account()?.tier)
    #expect(tier.progress == TierProgress(asOf: time("2019-05-10T00:00:00Z"), counted: .zero))
    #expect(tier.next?.missing == ExactDecimal(300) && tier.metric == .zero)
    let outputs = engine.driver.outputs(Topic.accounts.name)
    #expect(outputs.count == statements + 1)
    #expect(Set(outputs.map { $0.headers["ce_id"] }).count == outputs.count, "else a reader may take it for a copy")
  }

  @Test(arguments: zip(["points", "basePoints"], ["450", "300"]))
  func pointsCountWithFactorsOrWithout(metric: String, expected: String) throws {
    let engine = try Engine(programmes: [
      Self.programme(metric, more: #","multipliers":[{"id":"spring","factor":"1.5"}]"#)
    ])
    defer { engine.driver.close() }
    engine.buy("A", 300, at: "2017-01-02")
    engine.command("X", .adjust(points: 5_000), at: "2017-01-02")
    try engine.run()
    #expect(try told(engine).last?.metric.text == expected)
  }

  @Test func aReturnTakesItsShareEvenOfPointsThatAreSpent() throws {
    let engine = try Engine(programmes: [
      Self.programme("basePoints", more: #","multipliers":[{"id":"spring","factor":"1.33"}]"#)
    ])
    defer { engine.driver.close() }
    engine.buy("A", 301, at: "2017-01-02")
    try engine.run()
    engine.command("X", .redeem(points: 400, reference: nil), at: "2017-01-03")
    try engine.run()
    engine.bringBack("R", of: "A", 75, at: "2017-02-01")
    try engine.run()
    // 400 points were given, 99 of them must go, and with them of 301 the share of it, rounded down: 74.
    #expect(try told(engine).last?.metric.text == "227")
    #expect(try changes(engine).last == "member 2017-02-01T12:00:00.001Z")
    engine.bringBack("R2", of: "A", 301, at: "2017-02-02")
    try engine.run()
    #expect(try told(engine).last?.metric.text == "0")
  }

  @Test func aReturnThatComesBeforeItsPurchaseTakesOffWhatThePurchaseCounts() throws {
    let engine = try Engine(programmes: [Self.programme()])
    defer { engine.driver.close() }
    engine.bringBack("R", of: "A", 100, at: "2017-01-03")
    engine.buy("A", 350, at: "2017-01-02")
    try engine.run()
    #expect(try told(engine).last?.metric.text == "250")
    #expect(
      try changes(engine) == ["silver 2017-01-02T12:00:00.001Z", "member 2017-01-03T12:00:00.001Z"], "up and down again"
    )
  }

  @Test func aLevelSetByHandInThePastCorrectsWhatWasEarnedSinceAndCountsIt() throws {
    let engine = try Engine(programmes: [Self.programme()])
    defer { engine.driver.close() }
    engine.buy("A", 200, at: "2017-01-03")
    engine.buy("B", 60, at: "2017-01-04")
    try engine.run()
    set(engine, "gold", until: "2017-02-01", at: "2017-01-03")
    try engine.run()
    #expect(try engine.ledger().suffix(2) == ["points.corrected 200", "points.corrected 60"])
    engine.tick(to: "2017-02-02")
    try engine.run()
    #expect(try changes(engine) == ["gold 2017-01-03T12:00:00Z", "silver 2017-02-01T12:00:00Z"])
    #expect(try told(engine).last?.metric.text == "520")
    set(engine, "gold", until: "2017-02-01", at: "2017-01-03")
    try engine.run()
    #expect(deadLetters(engine).count == 0, "the same id again changes nothing")
    set(engine, "gold", until: "2018-02-01", at: "2017-02-03")
    try engine.run()
    #expect(deadLetters(engine).map { $0.headers["dl_error"] } == ["conflicting-command"])
    #expect(try changes(engine).count == 2)
  }

  @Test func whatCannotBeSetIsADeadLetterOfThePointsEngine() throws {
    let engine = try Engine(programmes: [Self.programme()])
    defer { engine.driver.close() }
    set(engine, "platinum", until: "2018-02-01", at: "2017-02-03")
    try engine.run()
    #expect(deadLetters(engine).map { $0.headers["dl_error"] } == ["unknown-level"])
  }

  @Test func spendThatLeavesTheWindowTakesTheLevelWithItAndTimersRun() throws {
    let engine = try Engine(programmes: [Self.programme(window: #"{"kind":"rolling","months":2}"#)])
    defer { engine.driver.close() }
    engine.buy("A", 300, at: "2017-01-02")
    try engine.run()
    try engine.driver.restart(losingDisk: true)
    engine.buy("B", 100, at: "2017-03-02")
    try engine.run()
    #expect(try engine.ledger() == ["points.earned 300", "points.earned 100"], "by then the level was lost")
    engine.buy("C", 200, at: "2017-03-03")
    engine.tick(to: "2017-06-01")
    try engine.run()
    #expect(try changes(engine).last == "member 2017-05-02T00:00:00Z")
    #expect(try engine.account()?.tier?.level == "member")
    engine.erase("M-1")
    try engine.run()
    #expect(
      engine.driver.outputs(Topic.tiers.name).last.map { $0.key == "M-1\u{1F}journey" && $0.value == nil } == true)
    #expect(engine.driver.rows(of: "tiers").isEmpty)
  }

  @Test func aProgrammeThatMeasuresPointsFromNowOnKeepsLevelsAndTheTimeTheyHold() throws {
    let engine = try Engine(programmes: [Self.programme("spend")])
    defer { engine.driver.close() }
    engine.buy("A", 350, at: "2017-01-02")
    try engine.run()
    engine.reach("silver", since: "2017-01-02T12:00:00.001Z")
    try engine.run()
    engine.driver.publish(
      Topic.programs.name, key: "2",
      value: Self.programme("points", version: 2, from: "2017-03-01T00:00:00Z"))
    try engine.run()
    engine.buy("B", 100, at: "2017-03-02")
    try engine.run()
    #expect(try engine.ledger() == ["points.earned 350", "points.earned 100", "points.earned 50"])
    let tier = try #require(try engine.account()?.tier)
    #expect(tier.level == "silver" && tier.since == time("2017-01-02T12:00:00.001Z"))
    #expect(tier.measures == .points && tier.metric == ExactDecimal(500))
  }

  /// The promise: however the records of a history are cut into cycles, the books are the same.
  @Test(arguments: 1...12) func aHistoryFedFastAndOneLivedDayByDayAreTheSame(seed: UInt64) throws {
    let windows = [
      #"{"kind":"rolling","months":1}"#, #"{"kind":"calendar-year"}"#, #"{"kind":"anniversary"}"#,
      #"{"kind":"lifetime"}"#,
    ]
    let activity = #"{"id":"review","kind":"activity","activity":"review.written","points":40}"#
    let programme = Self.programme(
      seed % 2 == 0 ? "points" : "basePoints", window: windows[Int(seed) % 4],
      more: #","multipliers":[{"id":"happy","factor":"0.5","when":{"tier":["gold"],"weekday":["mon"]}}],"#
        + #""limits":{"pointsPerWeek":700},"expiry":{"kind":"days","days":90}"#
    ).replacing(#""earning":["#, with: #""earning":["# + activity + ",")
    var books: [[String]] = []
    for isFast in [true, false] {
      let random = SeededRandom(seed)
      let engine = try Engine(programmes: [programme])
      defer { engine.driver.close() }
      var at = time("2017-01-02")
      for number in 0..<80 {
        at = at.advanced(byMilliseconds: Int64(random.within(1...600)) * 600_000)
        let member = "M-1"
        switch random.below(10) {
        case 0 where number > 2:
          let of = random.below(number)
          engine.bringBack("R\(number)", of: "P\(of)", Int64(random.within(1...200)), at: at.rfc3339)
        case 1:
          // Of another topic: only its own cycle gives it an order among the purchases.
          try engine.run()
          engine.driver.publish(
            Topic.activities.name, key: member,
            value: """
              {"type":"activity","id":"A\(number)","memberId":"M-1","occurredAt":"\(at.rfc3339)","source":"crm",
               "activity":"review.written"}
              """)
          try engine.run()
          continue
        default: engine.buy("P\(number)", Int64(random.within(5...250)), at: at.rfc3339)
        }
        if !isFast { try engine.run() }
      }
      try engine.run()
      engine.tick(to: "2019-01-01")
      try engine.run()
      books.append(try engine.entries().map { "\($0)" } + changes(engine))
      #expect(try engine.entries().allSatisfy { $0.type != .pointsCorrected })
    }
    #expect(books[0] == books[1])
  }
}
