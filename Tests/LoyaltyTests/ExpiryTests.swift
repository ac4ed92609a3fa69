import Loyalty
import TestValues
import Testing

/// When lots run out, by the calendar of the programme's zone.
@Suite(.timeLimit(.minutes(10))) struct ExpiryTests {
  private func expiry(_ expiry: Program.Expiry, _ zoneName: String, earnedAt instant: String) -> Instant? {
    program(expiry: expiry, calendar: zone(zoneName)).expiresAt(earnedAt: time(instant))
  }

  @Test(
    arguments: [
      (Program.ExpiryMoment.exact, "2026-11-22T06:04:41Z"), (.dayEnd, "2026-11-22T17:00:00Z"),
      (.monthEnd, "2026-11-30T17:00:00Z"), (.yearEnd, "2026-12-31T17:00:00Z"),
    ])
  func monthsEndAtTheMomentAskedForInTheProgrammesZone(moment: Program.ExpiryMoment, expected: String) {
    #expect(
      expiry(.months(6, at: moment), "Asia/Ho_Chi_Minh", earnedAt: "2026-05-22T13:04:41+07:00") == time(expected))
  }

  @Test func theLocalDayCountsNotTheDayInGreenwich() {
    // 23:30 in Hanoi on 31 May is 16:30 in Greenwich; half an hour later the local month is June.
    #expect(
      expiry(.days(30, at: .monthEnd), "Asia/Ho_Chi_Minh", earnedAt: "2026-05-31T23:30:00+07:00")
        == time("2026-06-30T17:00:00Z"))
    #expect(
      expiry(.days(30, at: .monthEnd), "Asia/Ho_Chi_Minh", earnedAt: "2026-06-01T00:00:00+07:00")
        == time("2026-07-31T17:00:00Z"))
  }

  @Test func aDayThatLosesOrGainsAnHourIsStillOneDay() {
    // Clocks in New York skip 02:00–03:00 on 12 March 2017 and repeat 01:00–02:00 on 5 November.
    #expect(expiry(.days(1), "America/New_York", earnedAt: "2017-03-11T12:00:00-05:00") == time("2017-03-12T16:00:00Z"))
    #expect(expiry(.days(1), "America/New_York", earnedAt: "2017-11-04T12:00:00-04:00") == time("2017-11-05T17:00:00Z"))
    #expect(
      expiry(.days(1, at: .dayEnd), "America/New_York", earnedAt: "2017-11-04T12:00:00-04:00")
        == time("2017-11-06T05:00:00Z"))
    // What would run out in the hour that is skipped runs out with the offset before the change.
    #expect(expiry(.days(1), "America/New_York", earnedAt: "2017-03-11T02:30:00-05:00") == time("2017-03-12T07:30:00Z"))
  }

  @Test func sixMonthsAfterTheEndOfAugustIsTheEndOfFebruary() {
    #expect(expiry(.months(6), "UTC", earnedAt: "2016-08-31") == time("2017-02-28"))
    #expect(expiry(.months(6), "UTC", earnedAt: "2015-08-31") == time("2016-02-29"))
    #expect(expiry(.months(12, at: .yearEnd), "UTC", earnedAt: "2016-12-31T23:59:59Z") == time("2018-01-01T00:00:00Z"))
  }

  @Test(arguments: [
    // Earned on the day itself: it is a whole year later by the end of that day.
    ("2026-03-31T23:59:59+07:00", 1, "2027-03-31T17:00:00Z"), ("2026-04-01T00:00:00+07:00", 1, "2028-03-31T17:00:00Z"),
    ("2024-02-29T12:00:00+07:00", 1, "2025-03-31T17:00:00Z"), ("2026-03-31T12:00:00+07:00", 0, "2026-03-31T17:00:00Z"),
    ("2026-04-01T00:00:00+07:00", 0, "2027-03-31T17:00:00Z"), ("2026-12-31T12:00:00+07:00", 3, "2030-03-31T17:00:00Z"),
  ])
  func aDateEndsWhatHasLivedSoManyYearsByThen(earnedAt: String, years: Int, expected: String) {
    #expect(
      expiry(.date(month: 3, day: 31, years: years), "Asia/Ho_Chi_Minh", earnedAt: earnedAt) == time(expected))
  }

  @Test func theLeapDayIsTheDayBeforeItInOtherYears() {
    let leapDay = Program.Expiry.date(month: 2, day: 29, years: 1)
    #expect(expiry(leapDay, "UTC", earnedAt: "2024-02-29") == time("2025-03-01T00:00:00Z"))
    #expect(expiry(leapDay, "UTC", earnedAt: "2023-02-28") == time("2024-03-01T00:00:00Z"))
    #expect(expiry(leapDay, "UTC", earnedAt: "2023-03-01") == time("2025-03-01T00:00:00Z"))
  }

  @Test func atTheVeryInstantPointsAreGone() {
    var shop = Shop(program(expiry: .days(90, at: .dayEnd), calendar: zone("Asia/Ho_Chi_Minh")))
    shop.buy("P", at: "2026-01-01T00:00:00+07:00", "10.00")
    shop.settle("2026-04-01T23:59:59.999+07:00")
    #expect(shop.available == 10)
    shop.settle("2026-04-02T00:00:00+07:00")
    #expect(shop.available == 0 && shop.account.totals.expired == 10)
  }
}
