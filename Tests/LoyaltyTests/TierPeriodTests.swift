import Loyalty
import TestValues
import Testing

/// Quarters, and levels that are valid for so many months from the day they were reached.
@Suite(.timeLimit(.minutes(10))) struct TierPeriodTests {
  typealias Ladder = TierRulesTests.Ladder

  // MARK: Quarters

  @Test func aQuartersLevelHoldsToTheEndOfTheNextQuarter() {
    var ladder = Ladder(.calendarQuarter)
    ladder.spend(300, at: "2017-02-10")
    #expect(ladder.last?.until == midnight("2017-07-01") && ladder.level == "silver")
    ladder.pass(to: "2017-06-30T23:59:59.999+07:00")
    #expect(ladder.level == "silver")
    ladder.pass(to: "2017-07-01T00:00:00+07:00")
    #expect(ladder.level == "member" && ladder.last?.since == midnight("2017-07-01"))
  }

  @Test func spendBeforeAndAfterAQuartersEndDoesNotAddUp() {
    var ladder = Ladder(.calendarQuarter)
    ladder.spend(200, at: "2017-03-31T23:59:59+07:00")
    ladder.spend(200, at: "2017-04-01T00:00:00+07:00")
    #expect(ladder.level == "member" && ladder.progress?.metric == decimal("200"))
    ladder.spend(100, at: "2017-06-30T23:59:59+07:00")
    #expect(ladder.level == "silver" && ladder.last?.until == midnight("2017-10-01"))
  }

  @Test func aQuartersLevelIsKeptByWhatWasSpentInTheQuarterThatEnds() {
    var ladder = Ladder(.calendarQuarter)
    ladder.spend(300, at: "2017-11-10")
    #expect(ladder.last?.until == midnight("2018-04-01"))
    ladder.spend(300, at: "2018-01-01")
    ladder.pass(to: "2018-04-01")
    #expect(ladder.level == "silver" && ladder.last?.reason == .kept && ladder.last?.until == midnight("2018-07-01"))
    ladder.pass(to: "2018-07-01")
    #expect(ladder.level == "member")
  }

  @Test func aFallAtAQuartersEndTakesEffectAfterTheDaysOfGrace() {
    var ladder = Ladder(.calendarQuarter, graceDays: 10)
    ladder.spend(300, at: "2017-02-10")
    ladder.spend(300, at: "2017-05-10")
    #expect(ladder.state.nextJudgement == midnight("2017-07-11"))
    ladder.spend(300, at: "2017-10-05")
    ladder.pass(to: "2017-10-20")
    #expect(ladder.level == "silver", "kept by the days of grace")
    ladder.pass(to: "2018-04-11")
    #expect(ladder.level == "member")
  }

  // MARK: Valid from the day it was reached

  @Test func aLevelIsValidThroughTheSameDayAYearLater() {
    var ladder = Ladder(.validity(months: 12))
    ladder.spend(300, at: "2017-05-10")
    #expect(ladder.last?.until == midnight("2018-05-11") && ladder.level == "silver")
    ladder.pass(to: "2018-05-10T23:59:59.999+07:00")
    #expect(ladder.level == "silver" && ladder.changes.count == 1)
    ladder.pass(to: "2018-05-11T00:00:00+07:00")
    #expect(ladder.level == "member" && ladder.last?.since == midnight("2018-05-11"))
    #expect(ladder.state.nextJudgement == nil && ladder.state.validFrom == nil)
  }

  @Test func whatLeavesTheWindowTakesNoLevelThatIsValid() {
    var ladder = Ladder(.validity(months: 12))
    ladder.spend(150, at: "2017-03-01")
    ladder.spend(150, at: "2017-05-10")
    ladder.spend(1, at: "2018-05-10")
    #expect(ladder.level == "silver" && ladder.progress?.metric == decimal("1"))
    #expect(ladder.progress?.until == midnight("2018-05-11"))
  }

  @Test func aLevelIsReachedByTheLastMonthsAlone() {
    var ladder = Ladder(.validity(months: 12))
    ladder.spend(200, at: "2017-05-10")
    ladder.spend(299, at: "2018-05-10")
    #expect(ladder.level == "member")
    ladder.spend(1, at: "2018-05-11")
    #expect(ladder.level == "silver" && ladder.last?.until == midnight("2019-05-12"))
  }

  @Test(arguments: zip(["2017-05-10", "2017-05-11", "2018-05-10", "2018-05-11"], [false, true, true, false]))
  func aLevelIsKeptByWhatWasDoneWhileItWasValid(day: String, isKept: Bool) {
    var ladder = Ladder(.validity(months: 12))
    ladder.spend(300, at: "2017-05-10")
    ladder.spend(300, at: day)
    ladder.pass(to: "2018-05-11T12:00:00+07:00")
    let kept = ladder.changes.contains { $0.reason == .kept && $0.until == midnight("2019-05-11") }
    #expect(kept == isKept)
    // After the last day it is too late to keep the level; it is reached anew, at once.
    #expect(ladder.level == (day == "2017-05-10" ? "member" : "silver"))
    guard isKept else { return }
    ladder.pass(to: "2019-05-11")
    #expect(ladder.level == "member" && ladder.last?.since == midnight("2019-05-11"))
  }

  @Test func aLevelAboveBeginsASpanOfItsOwnAndTheNextBeginsWhereItEnded() {
    var ladder = Ladder(.validity(months: 12), .oneLevel)
    ladder.spend(300, at: "2017-05-10")
    ladder.spend(700, at: "2017-08-01")
    #expect(ladder.level == "gold" && ladder.last?.until == midnight("2018-08-02"))
    ladder.pass(to: "2018-08-02")
    #expect(ladder.level == "silver" && ladder.last?.until == midnight("2019-08-02"))
    ladder.pass(to: "2019-08-02")
    #expect(ladder.level == "member")
  }

  @Test func theSpanOfALeapDayEndsWithTheLastOfFebruary() {
    var ladder = Ladder(.validity(months: 12))
    ladder.spend(300, at: "2020-02-29")
    #expect(ladder.last?.until == midnight("2021-03-01"))
  }

  @Test func whatIsSpentInTheDaysOfGraceAfterASpanCounts() {
    var ladder = Ladder(.validity(months: 12), graceDays: 10)
    ladder.spend(300, at: "2017-05-10")
    #expect(ladder.last?.until == midnight("2018-05-21"))
    ladder.spend(299, at: "2018-05-11")
    ladder.spend(1, at: "2018-05-20")
    ladder.pass(to: "2018-05-21")
    #expect(ladder.level == "silver" && ladder.last?.until == midnight("2019-05-21"))
  }

  // MARK: Returns

  @Test func aReturnOfWhatReachedTheLevelTakesItWhereTheProgrammeSaysSo() {
    var ladder = Ladder(.validity(months: 12), onReversal: .rejudge)
    ladder.spend(200, at: "2017-01-10")
    ladder.spend(100, at: "2017-05-10")
    ladder.spend(20, at: "2017-06-01")
    ladder.spend(-20, at: "2018-03-01", boughtAt: "2017-06-01")
    #expect(ladder.level == "silver", "what reached it stands, though it has left the window")
    ladder.spend(-1, at: "2018-03-02", boughtAt: "2017-01-10")
    #expect(ladder.level == "member" && ladder.last?.reason == .downgrade)
  }

  @Test func aReturnTakesALevelThatIsKeptNoMoreAtTheEndOfItsSpan() {
    var ladder = Ladder(.validity(months: 12))
    ladder.spend(300, at: "2017-05-10")
    ladder.spend(300, at: "2017-06-10")
    ladder.spend(-1, at: "2017-07-01", boughtAt: "2017-06-10")
    ladder.spend(-300, at: "2017-07-01", boughtAt: "2017-05-10")
    ladder.pass(to: "2018-05-10")
    #expect(ladder.level == "silver")
    ladder.pass(to: "2018-05-11")
    #expect(ladder.level == "member")
  }

  @Test func aLevelThatAReturnLeavesToItsSpanKeepsItsDate() {
    var ladder = Ladder(.validity(months: 12), onReversal: .rejudge)
    ladder.spend(1000, at: "2017-05-10")
    ladder.spend(-400, at: "2018-01-10", boughtAt: "2017-05-10")
    #expect(ladder.level == "silver" && ladder.last?.until == midnight("2019-01-11"), "the window still reaches it")
    var late = Ladder(.validity(months: 12), onReversal: .rejudge)
    late.spend(700, at: "2017-01-10")
    late.spend(300, at: "2017-05-10")
    late.spend(-100, at: "2018-02-10", boughtAt: "2017-01-10")
    #expect(late.level == "silver" && late.last?.until == midnight("2019-02-11"))
    late.spend(-1, at: "2018-02-11", boughtAt: "2017-05-10")
    #expect(late.level == "member", "700 of January have left the window on which silver stood")
  }

  // MARK: By hand, and other versions

  @Test func afterAPinALevelThatIsEarnedIsValidFromThatDay() {
    var ladder = Ladder(.validity(months: 12))
    ladder.spend(300, at: "2017-02-10")
    #expect(ladder.set("member", until: "2017-06-01T00:00:00+07:00", at: "2017-03-01") == nil)
    ladder.pass(to: "2017-06-01T00:00:00+07:00")
    #expect(ladder.level == "silver" && ladder.last?.until == midnight("2018-06-02"))
    #expect(ladder.set("gold", until: "2030-01-01T00:00:00+07:00", at: "2017-07-01", id: "C-2") == nil)
    ladder.pass(to: "2030-01-01")
    #expect(ladder.level == "member", "a span that ended long ago holds nothing")
  }

  @Test func aVersionThatBringsValidityBeginsItWithTheNextPurchase() {
    var ladder = Ladder(.lifetime)
    ladder.spend(300, at: "2016-02-10")
    ladder.program.tiers?.window = .validity(months: 12)
    ladder.spend(1, at: "2017-03-01")
    #expect(ladder.state.nextJudgement == midnight("2018-03-02"))
    ladder.pass(to: "2018-03-02")
    #expect(ladder.level == "member")
  }

  @Test func whereNothingFallsALevelIsValidForGood() {
    var ladder = Ladder(.validity(months: 12), .never)
    ladder.spend(300, at: "2017-02-10")
    ladder.spend(1, at: "2019-02-10")
    #expect(ladder.level == "silver" && ladder.progress?.until == nil)
  }
}

/// A day alone stands for noon in Ho Chi Minh City.
private func local(_ text: String) -> Instant { time(text.count == 10 ? text + "T12:00:00+07:00" : text) }

private func midnight(_ day: String) -> Instant { time(day + "T00:00:00+07:00") }
