import Contracts
import Loyalty
import StreamTesting
import TestValues
import Testing

/// Campaigns' budgets over several partitions, on the in-memory log.
@Suite(.timeLimit(.minutes(10))) struct BudgetTests {
  /// A point per dollar, and two more that the campaign `spring` pays for.
  private static func programme(version: Int = 1, from: String = "2017-01-01", budget: Int, more: String = "") -> String
  {
    """
    {"id":"journey","version":\(version),"effectiveFrom":"\(from)T00:00:00Z","name":"Journey","currencies":["USD"],
     "timeZone":"UTC","earning":[{"id":"base","kind":"spend","points":1,"per":"1.00"},
     {"id":"spring","kind":"spend","points":2,"per":"1.00","campaign":"spring"}],
     "campaigns":[{"id":"spring","budget":\(budget)}]\(more)}
    """
  }

  private func given(_ engine: Engine, rule: String = "spring") throws -> Int64 {
    try engine.entries().filter { $0.rule == rule && $0.type != .pointsReversed }.reduce(0) {
      $0 + ($1.credit == .programIssued ? -$1.points.value : $1.points.value)
    }
  }

  private func messages(_ engine: Engine) throws -> [BudgetMessage] {
    try engine.driver.outputs(Topic.budgets.name).map { output in
      try bytes(output.value ?? "") { try BudgetMessage(decoding: $0) }
    }
  }

  @Test func whatTheBudgetCannotGiveAtOnceIsBookedOnceItIsGranted() throws {
    let engine = try Engine(programmes: [Self.programme(budget: 10_000)], partitionCount: 4)
    defer { engine.driver.close() }
    engine.buy("A", 10, at: "2017-02-01")
    engine.buy("B", 10, at: "2017-02-02")
    try engine.run()
    #expect(
      try engine.ledger() == ["points.earned 10", "points.earned 10", "points.corrected 20", "points.corrected 20"])
    let corrections = try engine.entries().filter { $0.type == .pointsCorrected }
    #expect(corrections.map(\.rule) == ["spring", "spring"] && corrections.map(\.cause) == ["A", "B"])
    #expect(Set(try engine.entries().map(\.id)).count == 4)
    engine.buy("C", 10, at: "2017-02-03")
    try engine.run()
    #expect(try engine.ledger().suffix(2) == ["points.earned 10", "points.earned 20"], "out of the allotment, at once")
    #expect(try engine.account()?.balances.available == 90)
  }

  @Test(arguments: [1, 3, 8])
  func demandBeyondTheBudgetGetsExactlyTheBudget(partitionCount: Int) throws {
    let engine = try Engine(programmes: [Self.programme(budget: 5_000)], partitionCount: partitionCount)
    defer { engine.driver.close() }
    for index in 0..<600 {
      engine.buy("P\(index)", Int64(1 + index % 20), at: "2017-02-01", member: "M-\(index % 40)")
      if index % 50 == 0 { try engine.run() }
      if index == 300 { try engine.driver.restart(losingDisk: true) }
    }
    try engine.run()
    #expect(try given(engine) == 5_000)
    #expect(try given(engine, rule: "base") == 6_300)
    engine.buy("late", 20, at: "2017-02-02", member: "M-1")
    try engine.run()
    let claims = try messages(engine).count
    engine.buy("later", 20, at: "2017-02-02", member: "M-1")
    try engine.run()
    #expect(try given(engine) == 5_000)
    #expect(try messages(engine).count == claims, "who knows that nothing remains does not ask")
  }

  @Test func aBudgetThatIsRaisedByALaterVersionGivesTheRest() throws {
    let engine = try Engine(
      programmes: [Self.programme(budget: 50), Self.programme(version: 2, from: "2017-03-01", budget: 80)],
      partitionCount: 3)
    defer { engine.driver.close() }
    engine.buy("A", 100, at: "2017-02-01")
    try engine.run()
    #expect(try given(engine) == 50)
    engine.buy("B", 100, at: "2017-03-02")
    try engine.run()
    #expect(try given(engine) == 80)
    let capped = try engine.entries().filter { $0.cause == "A" }.reduce(0) { $0 + $1.points.value }
    #expect(capped == 150, "what stayed capped under the old budget stays so")
  }

  @Test func aPurchaseReturnedBeforeItsGrantGetsNothingAndWastesNothing() throws {
    let engine = try Engine(programmes: [Self.programme(budget: 100)], partitionCount: 2)
    defer { engine.driver.close() }
    // All in one cycle: the return is booked before the grant comes.
    engine.buy("A", 40, at: "2017-02-01")
    engine.bringBack("R", of: "A", 40, at: "2017-02-01")
    try engine.run()
    #expect(try engine.ledger() == ["points.earned 40", "points.reversed 40"])
    engine.buy("B", 50, at: "2017-02-02")
    try engine.run()
    #expect(try given(engine) == 100)
  }

  @Test func halfReturnedBeforeItsGrantAPurchaseKeepsHalf() throws {
    let engine = try Engine(programmes: [Self.programme(budget: 1_000)], partitionCount: 2)
    defer { engine.driver.close() }
    engine.buy("A", 40, at: "2017-02-01")
    engine.bringBack("R", of: "A", 20, at: "2017-02-01")
    try engine.run()
    #expect(try engine.account()?.balances.available == 60)
    engine.bringBack("R2", of: "A", 20, at: "2017-02-03")
    try engine.run()
    #expect(try engine.account()?.balances.available == 0 && engine.account()?.totals.issued == 120)
  }

  @Test func returnsDoNotRefillABudget() throws {
    let engine = try Engine(programmes: [Self.programme(budget: 60)], partitionCount: 2)
    defer { engine.driver.close() }
    engine.buy("A", 30, at: "2017-02-01")
    try engine.run()
    engine.bringBack("R", of: "A", 30, at: "2017-02-02")
    engine.buy("B", 30, at: "2017-02-03")
    try engine.run()
    #expect(try given(engine) == 60)
  }

  @Test func whatAnExhaustedBudgetGivesNothingForIsTold() throws {
    let engine = try Engine(programmes: [Self.programme(budget: 20)])
    defer { engine.driver.close() }
    engine.buy("A", 10, at: "2017-02-01")
    engine.buy("B", 10, at: "2017-02-02")
    try engine.run()
    engine.buy("C", 10, at: "2017-02-03")
    try engine.run()
    let told = try engine.entries().filter { $0.reason == "limit-reached" }
    #expect(told.map(\.cause) == ["B", "C"] && told.allSatisfy { $0.rule == "spring" && $0.capped == .campaign })
    #expect(try Set(engine.entries().map(\.id)).count == 6 && engine.account()?.balances.available == 50)
  }

  @Test func anActivityIsPaidByACampaignToo() throws {
    let engine = try Engine(
      programmes: [
        """
        {"id":"journey","version":1,"effectiveFrom":"2017-01-01T00:00:00Z","name":"Journey","currencies":["USD"],
         "timeZone":"UTC","earning":[{"id":"review","kind":"activity","activity":"review.written","points":50,
         "campaign":"spring"}],"campaigns":[{"id":"spring","budget":120}],"pending":{"days":7}}
        """
      ], partitionCount: 3)
    defer { engine.driver.close() }
    for id in 1...3 {
      engine.driver.publish(
        Topic.activities.name, key: "M-1",
        value: """
          {"type":"activity","id":"A\(id)","memberId":"M-1","occurredAt":"2017-02-0\(id)T12:00:00Z","source":"crm",
           "activity":"review.written"}
          """)
    }
    try engine.run()
    #expect(try engine.ledger() == ["points.corrected 50", "points.corrected 50", "points.corrected 20"])
    #expect(try engine.account()?.balances.pending == 120)
    #expect(try engine.entries().map(\.cause) == ["A1", "A2", "A3"])
    engine.tick(to: "2017-03-01")
    try engine.run()
    #expect(try engine.account()?.balances.available == 120)
  }

  @Test func whatWaitsForAnErasedMemberIsForgotten() throws {
    let engine = try Engine(programmes: [Self.programme(budget: 1_000)], partitionCount: 1)
    defer { engine.driver.close() }
    engine.buy("A", 40, at: "2017-02-01")
    engine.erase("M-1")
    try engine.run()
    #expect(try !engine.ledger().contains { $0.hasPrefix("points.corrected") })
    #expect(engine.driver.rows(of: "deferrals").isEmpty)
  }

  @Test func aLateUpgradeAsksTheBudgetForWhatItAdds() throws {
    let tiers = """
      ,"multipliers":[{"id":"gold-spring","factor":"2","when":{"tier":["gold"]},"campaign":"spring"}],
      "tiers":{"metric":"spend","window":{"kind":"lifetime"},
      "levels":[{"id":"member","from":"0"},{"id":"gold","from":"1000"}]}
      """
    let engine = try Engine(programmes: [Self.programme(budget: 300, more: tiers)], partitionCount: 2)
    defer { engine.driver.close() }
    engine.buy("A", 100, at: "2017-02-01")
    try engine.run()
    #expect(try given(engine) == 200)
    engine.reach("gold", since: "2017-01-15")
    try engine.run()
    #expect(try given(engine) + given(engine, rule: "gold-spring") == 300)
  }
}
