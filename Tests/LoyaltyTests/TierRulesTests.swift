import Loyalty
import TestValues
import Testing

/// Windows of the member's own years, grace, returns that take levels away, levels set by hand, progress.
@Suite(.timeLimit(.minutes(10))) struct TierRulesTests {
  /// A member in Ho Chi Minh City under levels at 300 and 1000.
  struct Ladder {
    var program: Program
    var state = TierState(memberId: "M-1", programId: "journey")
    var changes: [TierChange] = []

    init(
      _ window: TierScheme.Window, _ downgrade: TierScheme.Downgrade = .toEarned, graceDays: Int = 0,
      onReversal: TierScheme.OnReversal = .keep
    ) {
      let levels = [
        TierLevel(id: "member", from: 0), TierLevel(id: "silver", from: 300_00), TierLevel(id: "gold", from: 1000_00),
      ]
      program = LoyaltyTests.program(
        tiers: TierScheme(
          metric: .spend, window: window, downgrade: downgrade, graceDays: graceDays, onReversal: onReversal,
          levels: levels))
      program.calendar = zone("Asia/Ho_Chi_Minh")
    }

    var level: String { state.level ?? "member" }
    var last: TierChange? { changes.last }

    mutating func spend(_ dollars: Int64, at instant: String, boughtAt: String? = nil) {
      let activity = TierActivity(purchasedAt: local(boughtAt ?? instant), spend: dollars * 100, visits: 1)
      changes += state.count(activity, occurredAt: local(instant), cause: "P", under: program)
    }

    mutating func pass(to instant: String) { changes += state.judge(upTo: local(instant), under: program) }

    mutating func set(_ level: String, until: String, at instant: String, id: String = "C-1") -> TierRefusal? {
      let command = TierCommand(
        id: id, memberId: "M-1", level: level, until: local(until), occurredAt: local(instant), actor: "ann",
        reason: "status match")
      switch state.set(command, under: program) {
      case .success(let more):
        changes += more
        return nil
      case .failure(let refusal): return refusal
      }
    }

    var progress: TierChange? { state.progress(cause: "P", under: program) }
  }

  // MARK: The member's own years

  @Test func anAnniversaryLevelHoldsToTheEndOfTheMembersNextYear() {
    var ladder = Ladder(.anniversary)
    ladder.spend(10, at: "2017-05-10")
    ladder.spend(300, at: "2018-05-09")
    #expect(ladder.last?.until == midnight("2019-05-10") && ladder.level == "silver")
    ladder.pass(to: "2019-05-09T23:59:59.999+07:00")
    #expect(ladder.level == "silver")
    ladder.pass(to: "2019-05-10T00:00:00+07:00")
    #expect(ladder.level == "member" && ladder.last?.since == midnight("2019-05-10"))
  }

  @Test func spendBeforeAndAfterAnAnniversaryDoesNotAddUp() {
    var ladder = Ladder(.anniversary)
    ladder.spend(200, at: "2017-05-10")
    ladder.spend(200, at: "2018-05-10T00:00:00+07:00")
    #expect(ladder.level == "member")
    ladder.spend(100, at: "2018-05-11")
    #expect(ladder.level == "silver" && ladder.last?.until == midnight("2020-05-10"))
  }

  @Test func aYearThatBeganOnALeapDayBeginsOnTheLastOfFebruary() {
    var ladder = Ladder(.anniversary)
    ladder.spend(300, at: "2020-02-29")
    #expect(ladder.last?.until == midnight("2022-02-28"))
    ladder.spend(300, at: "2021-03-01")
    ladder.pass(to: "2022-03-01")
    #expect(ladder.level == "silver" && ladder.last?.reason == .kept && ladder.last?.until == midnight("2023-02-28"))
  }

  @Test func anEarlierPurchaseThatArrivesLateMovesTheFirstYear() {
    var ladder = Ladder(.anniversary)
    ladder.spend(300, at: "2017-05-10")
    ladder.spend(1, at: "2017-06-01", boughtAt: "2017-04-01")
    #expect(ladder.state.nextJudgement == midnight("2019-04-01"))
    ladder.spend(1, at: "2018-07-01", boughtAt: "2017-01-01")
    #expect(ladder.state.nextJudgement == midnight("2019-04-01"), "years that were lived stay")
  }

  // MARK: Grace

  @Test func aFallTakesEffectAfterTheDaysOfGrace() {
    var ladder = Ladder(.calendarYear, graceDays: 31)
    ladder.spend(300, at: "2017-03-01")
    #expect(ladder.last?.until == midnight("2019-02-01"))
    ladder.pass(to: "2019-01-31")
    #expect(ladder.level == "silver")
    ladder.pass(to: "2019-02-01T00:00:00+07:00")
    #expect(ladder.level == "member")
  }

  @Test func whatIsSpentInTheDaysOfGraceKeepsTheLevel() {
    var ladder = Ladder(.calendarYear, graceDays: 31)
    ladder.spend(300, at: "2017-03-01")
    ladder.spend(300, at: "2019-01-20")
    ladder.pass(to: "2019-06-01")
    #expect(ladder.level == "silver" && ladder.last?.reason == .kept)
    #expect(ladder.last?.until == midnight("2020-02-01"))
    ladder.pass(to: "2020-06-01")
    #expect(ladder.level == "silver", "the year in which it was spent has ended, and it suffices")
  }

  @Test func graceFollowsSpendThatLeavesARollingWindow() {
    var ladder = Ladder(.rolling(months: 12), graceDays: 10)
    ladder.spend(300, at: "2017-03-01")
    ladder.pass(to: "2018-03-10T23:59:59+07:00")
    #expect(ladder.level == "silver")
    ladder.spend(200, at: "2018-03-10T23:59:59+07:00")
    ladder.pass(to: "2018-03-11T00:00:00+07:00")
    #expect(ladder.level == "member" && ladder.last?.since == midnight("2018-03-11"))
    ladder.spend(100, at: "2018-03-12")
    #expect(ladder.level == "silver")
  }

  @Test func spendingEnoughAgainWithinTheGraceOfARollingWindowKeepsTheLevel() {
    var ladder = Ladder(.rolling(months: 12), graceDays: 10)
    ladder.spend(300, at: "2017-03-01")
    ladder.spend(300, at: "2018-03-05")
    ladder.pass(to: "2018-12-01")
    #expect(ladder.level == "silver" && ladder.changes.count == 1)
  }

  // MARK: Returns

  @Test(arguments: zip([TierScheme.OnReversal.keep, .rejudge], ["silver", "member"]))
  func aReturnTakesALevelAwayWhereTheProgrammeSaysSo(onReversal: TierScheme.OnReversal, level: String) {
    var ladder = Ladder(.lifetime, onReversal: onReversal)
    ladder.spend(300, at: "2017-03-01")
    ladder.spend(-1, at: "2017-04-01T10:00:00+07:00", boughtAt: "2017-03-01")
    #expect(ladder.level == level)
    guard onReversal == .rejudge else { return }
    #expect(ladder.last?.reason == .downgrade && ladder.last?.since == local("2017-04-01T10:00:00.001+07:00"))
    #expect(ladder.last?.cause == "P")
  }

  @Test func aReturnThatLeavesEnoughTakesNothingAway() {
    var ladder = Ladder(.calendarYear, onReversal: .rejudge)
    ladder.spend(1400, at: "2017-03-01")
    ladder.spend(-400, at: "2017-04-01", boughtAt: "2017-03-01")
    #expect(ladder.level == "gold" && ladder.changes.count == 1)
    ladder.spend(-1, at: "2017-04-02", boughtAt: "2017-03-01")
    #expect(ladder.level == "silver" && ladder.last?.until == midnight("2019-01-01"))
  }

  // MARK: By hand

  @Test func aLevelSetByHandHoldsExactlyUntilItsDateWhateverTheMemberDoes() {
    var ladder = Ladder(.lifetime, onReversal: .rejudge)
    ladder.spend(300, at: "2017-01-02")
    #expect(ladder.set("member", until: "2017-06-01T00:00:00+07:00", at: "2017-02-01") == nil)
    #expect(ladder.last?.reason == .manual && ladder.last?.since == local("2017-02-01"))
    #expect(ladder.last?.until == midnight("2017-06-01"))
    ladder.spend(5000, at: "2017-03-01")
    ladder.spend(-5, at: "2017-03-02")
    ladder.pass(to: "2017-05-31T23:59:59.999+07:00")
    #expect(ladder.level == "member")
    ladder.pass(to: "2017-06-01T00:00:00+07:00")
    #expect(ladder.level == "gold" && ladder.last?.reason == .upgrade && ladder.last?.until == nil)
  }

  @Test func afterAPinTheMemberFallsToWhatIsEarnedInOneStep() {
    var ladder = Ladder(.calendarYear, .oneLevel)
    #expect(ladder.set("gold", until: "2017-06-01", at: "2017-02-01") == nil)
    ladder.pass(to: "2017-07-01")
    #expect(ladder.level == "member" && ladder.last?.reason == .downgrade && ladder.state.nextJudgement == nil)
  }

  @Test func theSameCommandSetsOnceAndAnotherReplacesIt() {
    var ladder = Ladder(.lifetime)
    #expect(ladder.set("gold", until: "2017-06-01", at: "2017-02-01") == nil)
    #expect(ladder.set("gold", until: "2017-06-01", at: "2017-02-01") == nil)
    #expect(ladder.changes.count == 1)
    #expect(ladder.set("silver", until: "2017-08-01", at: "2017-02-01", id: "C-2") == nil)
    #expect(ladder.last?.since == local("2017-02-01").advanced(byMilliseconds: 1), "changes have instants of their own")
    ladder.pass(to: "2017-07-01")
    #expect(ladder.level == "silver")
  }

  @Test func aLevelSetAfterTheFactHoldsFromTheLastChangeOn() {
    var ladder = Ladder(.lifetime)
    ladder.spend(300, at: "2017-03-01")
    let upgraded = ladder.state.since
    #expect(ladder.set("gold", until: "2017-12-01", at: "2017-02-01") == nil)
    #expect(ladder.last?.since == upgraded.advanced(byMilliseconds: 1))
  }

  @Test func whatCannotBeSetIsRefused() {
    var ladder = Ladder(.lifetime)
    ladder.spend(300, at: "2017-03-01")
    #expect(ladder.set("platinum", until: "2017-06-01", at: "2017-04-01") == .unknownLevel)
    #expect(ladder.set("gold", until: "2017-04-01", at: "2017-04-01") == .untilHasPassed)
    #expect(ladder.set("gold", until: "2017-02-15", at: "2017-02-01") == .untilHasPassed)
    ladder.program.tiers = nil
    #expect(ladder.set("gold", until: "2017-06-01", at: "2017-04-01") == .noTiers)
    #expect(ladder.changes.count == 1)
  }

  // MARK: Progress

  @Test func progressTellsWhatIsMissing() {
    var ladder = Ladder(.calendarYear)
    ladder.spend(120, at: "2017-03-01")
    #expect(ladder.progress?.level == "member" && ladder.progress?.since == .distantPast)
    #expect(ladder.progress?.metric == decimal("120"))
    #expect(ladder.progress?.next == NextTier(level: "silver", from: decimal("300"), missing: decimal("180")))
    ladder.spend(880, at: "2017-04-01")
    #expect(ladder.progress?.next == nil && ladder.progress?.level == "gold")
  }

  @Test func lastYearsSpendHoldsALevelButIsNoProgressToTheNext() {
    var ladder = Ladder(.calendarYear)
    ladder.spend(900, at: "2017-03-01")
    ladder.spend(50, at: "2018-03-01")
    #expect(ladder.progress?.metric == decimal("50") && ladder.progress?.next?.missing == decimal("950"))
    #expect(ladder.progress?.until == midnight("2019-01-01"))
  }

  // MARK: Cases of others

  /// ERPNext, `test_loyalty_points_earned_multiple_tier` and the tiers of its loyalty programme: from 0, 10000 and
  /// 20000 on; what was spent before and what is spent now count together (conformance case 25).
  @Test(arguments: [
    (0, 6_000, "Bronze"), (0, 15_000, "Silver"), (8_000, 3_000, "Silver"), (18_000, 3_000, "Gold"),
    // ERPNext #33550: the wrong tier at a boundary. A threshold is reached when the metric is equal or above.
    (0, 9_999, "Bronze"), (0, 10_000, "Silver"), (9_999, 1, "Silver"), (0, 19_999, "Silver"), (0, 20_000, "Gold"),
    (10_000, 10_000, "Gold"),
  ])
  func tiersOfERPNext(spent: Int64, now: Int64, expected: String) {
    var ladder = Ladder(.lifetime)
    ladder.program.tiers?.levels = [
      TierLevel(id: "Bronze", from: 0), TierLevel(id: "Silver", from: 10_000_00),
      TierLevel(id: "Gold", from: 20_000_00),
    ]
    if spent > 0 { ladder.spend(spent, at: "2017-01-02") }
    ladder.spend(now, at: "2017-01-03")
    #expect(ladder.state.level ?? "Bronze" == expected)
  }
}

/// A day alone stands for noon in Ho Chi Minh City.
private func local(_ text: String) -> Instant { time(text.count == 10 ? text + "T12:00:00+07:00" : text) }

private func midnight(_ day: String) -> Instant { time(day + "T00:00:00+07:00") }
