import Loyalty
import TestValues
import Testing

@Suite(.timeLimit(.minutes(10))) struct TierEvaluationTests {
  /// A member who climbs under a scheme in New York, one level at 300 dollars and one at 1000.
  struct Climb {
    var program: Program
    var state = TierState(memberId: "M-1", programId: "journey")
    var changes: [String] = []

    init(_ window: TierScheme.Window, _ downgrade: TierScheme.Downgrade = .oneLevel, metric: TierScheme.Metric = .spend)
    {
      let unit: Int64 = metric == .spend ? 100 : 1
      let levels = [
        TierLevel(id: "member", from: 0), TierLevel(id: "silver", from: 300 * unit),
        TierLevel(id: "gold", from: 1000 * unit),
      ]
      program = LoyaltyTests.program(
        tiers: TierScheme(metric: metric, window: window, downgrade: downgrade, levels: levels))
      program.calendar = zone("America/New_York")
    }

    var level: String { state.level ?? "member" }

    mutating func spend(_ amount: String, at instant: String, boughtAt: String? = nil) {
      let activity = TierActivity(
        purchasedAt: time(boughtAt ?? instant), spend: cents(amount), visits: amount.hasPrefix("-") ? -1 : 1)
      note(state.count(activity, occurredAt: time(instant), cause: "P", under: program))
    }

    mutating func pass(to instant: String) { note(state.judge(upTo: time(instant), under: program)) }

    private mutating func note(_ found: [TierChange]) {
      changes += found.map { "\($0.reason) \($0.previous)>\($0.level) \($0.since.rfc3339)" }
    }
  }

  @Test func aThresholdIsReachedWhenMetAndHoldsFromTheNextMillisecond() {
    var climb = Climb(.lifetime)
    climb.spend("299.99", at: "2017-01-02T12:00:00Z")
    #expect(climb.level == "member")
    climb.spend("0.01", at: "2017-01-03T12:00:00Z")
    #expect(climb.changes == ["upgrade member>silver 2017-01-03T12:00:00.001Z"])
    climb.pass(to: "2050-01-01")
    #expect(climb.level == "silver")
  }

  @Test func levelsCanBeJumped() {
    var climb = Climb(.rolling(months: 12))
    climb.spend("1000.00", at: "2017-01-02T12:00:00Z")
    #expect(climb.changes == ["upgrade member>gold 2017-01-02T12:00:00.001Z"])
  }

  @Test func spendLeavesARollingWindowAtLocalMidnightOneLevelAtATime() {
    var climb = Climb(.rolling(months: 12))
    climb.spend("1000.00", at: "2017-01-02T12:00:00-05:00")
    climb.pass(to: "2018-01-01T23:59:59.999-05:00")
    #expect(climb.level == "gold")
    climb.pass(to: "2018-01-02T00:00:00-05:00")
    #expect(climb.level == "silver")
    climb.pass(to: "2019-01-02T00:00:00-05:00")
    #expect(
      climb.changes.suffix(2) == [
        "downgrade gold>silver 2018-01-02T05:00:00Z", "downgrade silver>member 2019-01-02T05:00:00Z",
      ])
    #expect(climb.state.nextJudgement == nil)
  }

  @Test func aSecondDayThatLeavesJudgesAgainBeforeTheMonthsAreOver() {
    var climb = Climb(.rolling(months: 12))
    climb.spend("1000.00", at: "2017-01-02T12:00:00-05:00")
    climb.spend("10.00", at: "2017-03-05T12:00:00-05:00")
    climb.pass(to: "2018-04-01")
    #expect(
      climb.changes.suffix(2) == [
        "downgrade gold>silver 2018-01-02T05:00:00Z", "downgrade silver>member 2018-03-05T05:00:00Z",
      ])
  }

  @Test func aPurchaseAfterAStepDownDoesNotPostponeTheNextOne() {
    var climb = Climb(.rolling(months: 12))
    climb.spend("1000.00", at: "2017-01-02T12:00:00-05:00")
    climb.spend("10.00", at: "2018-06-01T12:00:00-05:00")
    climb.pass(to: "2019-01-02T00:00:00-05:00")
    #expect(climb.level == "member")
  }

  @Test(
    arguments: zip(
      [TierScheme.Downgrade.oneLevel, .toEarned, .never], ["silver", "member", "gold"]))
  func theDowngradePolicyDecidesHowFar(downgrade: TierScheme.Downgrade, level: String) {
    var climb = Climb(.rolling(months: 12), downgrade)
    climb.spend("1000.00", at: "2017-01-02T12:00:00-05:00")
    climb.pass(to: "2018-06-01")
    #expect(climb.level == level)
  }

  @Test func aCalendarYearTierLastsToTheEndOfTheNextYear() {
    var climb = Climb(.calendarYear, .toEarned)
    climb.spend("1000.00", at: "2017-12-31T23:59:00-05:00")
    climb.pass(to: "2018-12-31T23:59:59-05:00")
    #expect(climb.level == "gold")
    climb.pass(to: "2019-01-01T00:00:00-05:00")
    #expect(climb.level == "member" && climb.state.nextJudgement == nil)
  }

  @Test func aCalendarYearTierIsKeptByWhatWasAchievedInTheYearJustEnded() {
    var climb = Climb(.calendarYear)
    climb.spend("300.00", at: "2017-05-01")
    climb.spend("300.00", at: "2018-05-01")
    climb.pass(to: "2019-06-01")
    #expect(climb.changes.last == "kept silver>silver 2017-05-01T12:00:00.001Z")
    climb.pass(to: "2020-01-01T05:00:00Z")
    #expect(climb.changes.last == "downgrade silver>member 2020-01-01T05:00:00Z")
  }

  @Test func lastYearsPurchaseThatArrivesLateStillCountsLastYear() {
    var climb = Climb(.calendarYear, .toEarned)
    climb.spend("10.00", at: "2018-01-02")
    climb.spend("300.00", at: "2018-01-03", boughtAt: "2017-12-31")
    #expect(climb.level == "silver" && climb.state.nextJudgement == time("2019-01-01T00:00:00-05:00"))
  }

  @Test func aReturnLowersTheMetricButTakesNoLevelBeforeTheNextJudgement() {
    var climb = Climb(.rolling(months: 12))
    climb.spend("300.00", at: "2017-01-02T12:00:00-05:00")
    climb.spend("-100.00", at: "2017-02-01", boughtAt: "2017-01-02T12:00:00-05:00")
    climb.pass(to: "2018-01-01T23:59:59-05:00")
    #expect(climb.level == "silver")
    climb.pass(to: "2018-01-02T00:00:00-05:00")
    #expect(climb.level == "member")
  }

  @Test func visitsCanBeWhatIsMeasured() {
    var climb = Climb(.lifetime, metric: .visits)
    for _ in 0..<300 { climb.spend("0.01", at: "2017-01-02") }
    #expect(climb.level == "silver")
  }

  @Test func whatLeftTheWindowIsForgotten() {
    var climb = Climb(.rolling(months: 1))
    for month in 1...9 { climb.spend("10.00", at: "2017-0\(month)-15") }
    #expect(climb.state.days.count == 1)
  }

  @Test func aCountedReturnIsCountedOnce() {
    var counted = CountedPurchase(of: purchase("P", lines: [line("A", nil, "10.00")]))
    let reversal = Transaction(
      id: "R", source: "pos", kind: .returned(Return(purchaseId: "P", refund: 400)), memberId: "M-1",
      occurredAt: time("2017-01-03"), currency: usd)
    #expect(counted.apply(reversal)?.amounts.spend == -400)
    #expect(counted.apply(reversal) == nil)
    var cancel = reversal
    cancel.id = "C"
    cancel.kind = .cancelled(purchaseId: "P")
    #expect(counted.apply(cancel) == TierActivity(purchasedAt: time("2017-01-02"), spend: -600, visits: -1))
  }
}
