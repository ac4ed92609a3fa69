import Contracts
import Loyalty
import StreamRuntime
import StreamTesting
import TestValues
import Testing
import TierEvaluator

/// What a wallet can tell of the way to the next level long after the member's last event.
@Suite(.timeLimit(.minutes(10))) struct ProgressOnLaterDaysTests {
  private static let dayMs: Int64 = 86_400_000

  private func newYork() throws -> ZoneCalendar { try #require(ZoneCalendar(identifier: "America/New_York")) }

  private func last(_ fixture: EvaluatorFixture) throws -> LaterDays {
    try LaterDays(try #require(fixture.driver.outputs(Topic.tiers.name).last?.value))
  }

  private func evaluator(_ window: Bought.Window, clock: ClockMode = .stream, wallNow: String = "2017-01-01") throws
    -> EvaluatorFixture
  {
    try EvaluatorFixture(
      programmes: [EvaluatorFixture.programme().replacingWindow(window.rawValue)], clock: clock, wallNow: wallNow)
  }

  /// A year of purchases, some of them returned in part a while later.
  private func live(_ fixture: EvaluatorFixture, _ seed: UInt64) -> (bought: [Bought], end: Instant) {
    var random = SplitMix(seed: seed)
    var events: [(at: Instant, act: (String) -> Void)] = []
    var bought: [Bought] = []
    for number in 0..<(3 + random.below(40)) {
      let at = time("2017-01-01").advanced(byMilliseconds: Int64(random.below(400 * 24)) * 3_600_000)
      let dollars = Int64(1 + random.below(120))
      bought.append(Bought(at: at, cents: dollars * 100))
      events.append((at, { fixture.buy("P-\(number)", dollars, at: $0) }))
      guard random.happens(oneIn: 5) else { continue }
      let back = Int64(1 + random.below(Int(dollars)))
      bought.append(Bought(at: at, cents: -back * 100))
      let later = at.advanced(byMilliseconds: Int64(random.below(40)) * Self.dayMs)
      events.append((later, { fixture.bringBack("R-\(number)", of: "P-\(number)", back, at: $0) }))
    }
    events.sort { $0.at < $1.at }
    for event in events { event.act(event.at.rfc3339) }
    return (bought, events[events.count - 1].at)
  }

  @Test(arguments: Bought.Window.allCases, 0..<4 as Range<UInt64>)
  func oneStatementTellsProgressOnEveryLaterDay(window: Bought.Window, seed: UInt64) throws {
    let fixture = try evaluator(window)
    defer { fixture.driver.close() }
    let (bought, end) = live(fixture, seed)
    try fixture.driver.run()
    let first = try last(fixture)
    let calendar = try newYork()
    var isMoving = false
    for days in stride(from: Int64(0), through: 900, by: 9) {
      let instant = end.advanced(byMilliseconds: days * Self.dayMs)
      fixture.tick(to: instant.rfc3339)
      try fixture.driver.run()
      let newest = try last(fixture)
      let expected = Bought.counted(bought, in: window, at: instant, calendar)
      let when = "\(instant.rfc3339), seed \(seed)"
      #expect(try first.counted(at: instant) == expected, "the first statement, read at \(when)")
      #expect(try newest.counted(at: newest.asOf) == expected, "the evaluator at \(when)")
      #expect(try newest.missing(at: newest.asOf) == newest.publishedMissing, "\(when)")
      if first.next == newest.next { #expect(try first.missing(at: instant) == newest.publishedMissing, "\(when)") }
      if try newest.asOf > first.asOf { isMoving = true }
    }
    #expect(isMoving == (window != .lifetime))
  }

  @Test func whatEndsWithTheYearIsToldWithItsEnd() throws {
    for (window, end) in [
      (Bought.Window.calendarYear, "2018-01-01T05:00:00Z"), (.anniversary, "2018-03-10T05:00:00Z"),
    ] {
      let fixture = try evaluator(window)
      defer { fixture.driver.close() }
      fixture.buy("A", 250, at: "2017-03-10")
      try fixture.driver.run()
      let told = try last(fixture)
      #expect(try told.endsAt == time(end) && told.leave(0) == time(end))
      #expect(try told.missing(at: time(end).advanced(byMilliseconds: -1)) == 5_000)
      #expect(try told.missing(at: time(end)) == 30_000)
    }
  }

  @Test func timeTellsAMemberAtMostOnceADayAndOnceForAllThatHasPassed() throws {
    for step in [Self.dayMs / 3, 500 * Self.dayMs] {
      let fixture = try evaluator(.rollingYear)
      defer { fixture.driver.close() }
      for day in 1...9 { fixture.buy("P-\(day)", 20, at: "2017-02-0\(day)") }
      try fixture.driver.run()
      let before = try fixture.told().count
      var now = time("2018-01-20T04:00:00Z")
      var days: [LocalDate: Int] = [:]
      while now < time("2018-03-01") {
        now = now.advanced(byMilliseconds: step)
        let count = try fixture.told().count
        fixture.tick(to: now.rfc3339)
        try fixture.driver.run()
        days[try newYork().day(of: now), default: 0] += try fixture.told().count - count
      }
      let told = try fixture.told().dropFirst(before)
      #expect(told.allSatisfy { $0.reason == .progress && $0.cause.hasPrefix("window/") })
      #expect(told.count == (step < Self.dayMs ? 9 : 1) && days.values.allSatisfy { $0 <= 1 }, "\(days)")
      #expect(Set(told.map(\.eventId)).count == told.count)
      #expect(told.last?.metric == .zero && told.last?.next?.missing == ExactDecimal(300))
      #expect(told.last?.progress?.asOf == time("2018-02-09T05:00:00Z"))
    }
  }

  @Test func whatIsReplayedYearsLaterIsToldOnceAndAsItIsNow() throws {
    let fixture = try evaluator(.rollingYear, clock: .wall, wallNow: "2021-06-01")
    defer { fixture.driver.close() }
    for month in 1...5 { fixture.buy("P-\(month)", 20, at: "2018-0\(month)-02") }
    try fixture.driver.run()
    #expect(try fixture.told().count == 1)
    #expect(try last(fixture).counted(at: time("2021-06-01")) == 0)
    #expect(try fixture.told().last?.next?.missing == ExactDecimal(300))
  }

  @Test func aLatePurchaseAfterTimeWasToldLeadsWhereItWouldHaveLedAndIsToldAsOfNow() throws {
    let fixture = try evaluator(.rollingYear)
    defer { fixture.driver.close() }
    fixture.buy("A", 100, at: "2017-01-02")
    fixture.tick(to: "2018-01-20")
    try fixture.driver.run()
    fixture.buy("B", 310, at: "2017-06-01")
    try fixture.driver.run()
    let upgrade = try #require(try fixture.told().last)
    #expect(upgrade.reason == .upgrade && upgrade.since == time("2017-06-01T12:00:00.001Z"))
    #expect(upgrade.progress?.asOf == time("2018-01-02T05:00:00Z") && upgrade.progress?.counted == ExactDecimal(310))
    #expect(upgrade.standing.asOf == time("2018-01-02T05:00:00Z"), "an account takes what is told as of the latest")
  }

  @Test func timersOutliveALostDisk() throws {
    let fixture = try evaluator(.rollingYear)
    defer { fixture.driver.close() }
    fixture.buy("A", 250, at: "2018-05-10")
    try fixture.driver.run()
    try fixture.driver.restart(losingDisk: true)
    fixture.tick(to: "2019-07-01")
    try fixture.driver.run()
    #expect(try fixture.told().last?.cause == "window/2019-05-10T04:00:00Z")
    #expect(try last(fixture).publishedMissing == 30_000)
  }

  /// Someone who comes every day for a year.
  @Test func aStatementIsBoundedExactForTwoMonthsAndNeverPromisesTooMuch() throws {
    let fixture = try evaluator(.rollingYear)
    defer { fixture.driver.close() }
    let calendar = try newYork()
    let bought = (0..<340).map { day in
      Bought(at: time("2017-01-01").advanced(byMilliseconds: Int64(day) * Self.dayMs), cents: 500)
    }
    for (number, each) in bought.enumerated() { fixture.buy("P-\(number)", 5, at: each.at.rfc3339) }
    try fixture.driver.run()
    let told = try last(fixture)
    let size = try #require(fixture.driver.outputs(Topic.tiers.name).last?.value).utf8.count
    #expect(told.leaves.count > TierProgress.instantsMax && told.leaves.count <= TierProgress.instantsMax + 13)
    #expect(size < 5_000, "\(size) bytes")
    let exactUntil = try told.leave(TierProgress.instantsMax - 1)
    for days in 0..<800 {
      let instant = bought[339].at.advanced(byMilliseconds: Int64(days) * Self.dayMs)
      let read = try told.counted(at: instant)
      let real: Int64 = Bought.counted(bought, in: .rollingYear, at: instant, calendar)
      let isRight = instant <= exactUntil ? read == real : read <= real && real - read <= 31 * 500
      #expect(isRight, "\(read) for \(real) at \(instant.rfc3339)")
    }
    fixture.tick(to: exactUntil.rfc3339)
    try fixture.driver.run()
    let again = try last(fixture)
    let later = try again.leave(TierProgress.instantsMax - 1)
    #expect(try again.counted(at: later) == Bought.counted(bought, in: .rollingYear, at: later, calendar))
  }
}
