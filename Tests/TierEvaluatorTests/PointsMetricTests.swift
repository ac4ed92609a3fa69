import Contracts
import JSON
import Loyalty
import StreamTesting
import Testing
import TierEvaluator

/// Tiers measured in points, counted from the ledger.
@Suite struct PointsMetricTests {
  private static func programme(_ metric: String, id: String = "journey") -> String {
    """
    {"id":"\(id)","version":1,"effectiveFrom":"2017-01-01T00:00:00Z","name":"Journey","currencies":["USD"],\
    "timeZone":"UTC","earning":[{"id":"base","kind":"spend","points":1,"per":"1.00"}],\
    "tiers":{"metric":"\(metric)","window":{"kind":"lifetime"},"onReversal":"rejudge",\
    "levels":[{"id":"member","from":"0"},{"id":"silver","from":"300"}]}}
    """
  }

  private func book(
    _ fixture: EvaluatorFixture, _ type: EntryType, _ points: Int64, rule: String? = nil, of purchase: String,
    by cause: String? = nil, at instant: String = "2017-01-02", booked: String? = nil, program: String = "journey",
    shortfall: Int64 = 0,
    entry number: Int = 1, of count: Int = 1,
    _ debit: LedgerAccount = .programIssued, _ credit: LedgerAccount = .memberAvailable
  ) {
    let entry = LedgerEntry(
      id: "e", type: type, memberId: "M-1", programId: program, sequence: 1, points: Points(points), debit: debit,
      credit: credit, cause: cause ?? purchase, source: "pos", purchase: cause == nil ? nil : "pos:" + purchase,
      rule: rule, shortfall: Points(shortfall), occurredAt: time(instant), bookedAt: time(booked ?? instant),
      programVersion: 1,
      balances: Balances(), bookingEntry: number, bookingOf: count)
    fixture.driver.publish(Topic.ledger.name, key: "M-1", value: json { entry.encode(to: &$0) })
  }

  private func metric(_ fixture: EvaluatorFixture) throws -> String? {
    try fixture.driver.run()
    return try fixture.told().last?.metric.text
  }

  @Test(arguments: zip(["points", "basePoints"], ["300", "200"]))
  func pointsCountWithFactorsOrWithout(name: String, expected: String) throws {
    let fixture = try EvaluatorFixture(programmes: [Self.programme(name)])
    defer { fixture.driver.close() }
    book(fixture, .pointsEarned, 200, rule: "base", of: "A")
    book(fixture, .pointsEarned, 100, rule: "tier", of: "A")
    book(fixture, .pointsReleased, 300, of: "A", .memberPending, .memberAvailable)
    book(fixture, .pointsAdjusted, 500, of: "X")
    #expect(try metric(fixture) == expected)
    #expect(try fixture.changes().isEmpty == (name == "basePoints"))
  }

  @Test func whatAFactorTakesOffInTheSameBookingLiftsNoTier() throws {
    let fixture = try EvaluatorFixture(programmes: [Self.programme("points")])
    defer { fixture.driver.close() }
    book(fixture, .pointsEarned, 310, rule: "base", of: "A", entry: 1, of: 2)
    book(fixture, .pointsReduced, 20, rule: "staff", of: "A", entry: 2, of: 2, .memberAvailable, .programIssued)
    #expect(try metric(fixture) == "290")
    #expect(try fixture.changes().isEmpty)
  }

  @Test func aReturnTakesItsShareEvenOfPointsThatAreSpent() throws {
    let fixture = try EvaluatorFixture(programmes: [Self.programme("basePoints")])
    defer { fixture.driver.close() }
    book(fixture, .pointsEarned, 301, rule: "base", of: "A")
    book(fixture, .pointsEarned, 100, rule: "tier", of: "A")
    book(fixture, .pointsReversed, 50, rule: "return", of: "A", by: "R", at: "2017-02-01", shortfall: 50)
    // 100 of 401 points are gone, and with them the share of the base, rounded down: 301 · 100 ÷ 401 = 75.
    #expect(try metric(fixture) == "226")
    #expect(try fixture.changes().last == "M-1 journey member 2017-02-01T12:00:00.001Z")
    book(fixture, .pointsReversed, 301, rule: "return", of: "A", by: "R2", at: "2017-02-02")
    #expect(try metric(fixture) == "0")
  }

  @Test func correctionsCountOnThePurchasesOwnDayInBothDirections() throws {
    let fixture = try EvaluatorFixture(programmes: [Self.programme("points")])
    defer { fixture.driver.close() }
    book(fixture, .pointsEarned, 200, rule: "base", of: "A")
    book(fixture, .pointsCorrected, 50, rule: "tier", of: "A")
    #expect(try metric(fixture) == "250")
    book(fixture, .pointsCorrected, 30, rule: "tier", of: "A", .memberAvailable, .programIssued)
    #expect(try metric(fixture) == "220")
    book(fixture, .pointsReversed, 110, rule: "return", of: "A", by: "R")
    book(fixture, .pointsCorrected, 10, rule: "return", of: "A", .programReversed, .memberAvailable)
    #expect(try metric(fixture) == "120")
  }

  @Test func pointsThatComeFirstAsACorrectionCountUnlessTheirAwardMayBeForgotten() throws {
    let fixture = try EvaluatorFixture(programmes: [Self.programme("points")])
    defer { fixture.driver.close() }
    book(fixture, .pointsCorrected, 120, rule: "base", of: "A", booked: "2017-01-05")
    #expect(try metric(fixture) == "120")
    book(fixture, .pointsReversed, 60, rule: "return", of: "A", by: "R", at: "2017-01-06")
    #expect(try metric(fixture) == "60")
    book(fixture, .pointsCorrected, 500, rule: "base", of: "B", booked: "2027-01-05")
    #expect(try metric(fixture) == "60")
  }

  @Test func purchasesAreNotCountedTwiceAndOtherProgrammesPayNothing() throws {
    let fixture = try EvaluatorFixture(programmes: [
      Self.programme("points"), Self.programme("spend", id: "club"),
    ])
    defer { fixture.driver.close() }
    fixture.buy("A", 250, at: "2017-01-02")
    book(fixture, .pointsEarned, 299, rule: "base", of: "A")
    book(fixture, .pointsEarned, 250, rule: "base", of: "A", program: "club")
    try fixture.driver.run()
    #expect(try fixture.changes().isEmpty)
    #expect(fixture.driver.disk.rows(partition: 0, table: 3).count == 1, "an award is remembered for journey alone")
    #expect(fixture.rows() == (tiers: 2, purchases: 1))
    try fixture.driver.restart(losingDisk: true)
    book(fixture, .pointsEarned, 1, rule: "base", of: "B")
    try fixture.driver.run()
    #expect(try fixture.changes() == ["M-1 journey silver 2017-01-02T12:00:00.001Z"])
    fixture.erase("M-1")
    try fixture.driver.run()
    #expect(fixture.driver.disk.rows(partition: 0, table: 3).isEmpty)
  }
}
