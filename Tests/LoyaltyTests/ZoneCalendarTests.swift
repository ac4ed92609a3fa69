import Foundation
import Loyalty
import TestValues
import Testing

@Suite(.timeLimit(.minutes(10))) struct ZoneCalendarTests {
  let newYork = zone("America/New_York")

  @Test(arguments: [
    "America/New_York", "Asia/Ho_Chi_Minh", "Europe/London", "Australia/Lord_Howe", "America/Sao_Paulo", "UTC",
  ])
  func localDaysAgreeWithFoundation(identifier: String) throws {
    let calendar = zone(identifier)
    var foundation = Calendar(identifier: .gregorian)
    foundation.timeZone = try #require(TimeZone(identifier: identifier))
    var random = SplitMix(seed: 7)
    for _ in 0..<2_000 {
      let instant = Instant(milliseconds: Int64.random(in: -100_000_000_000...5_000_000_000_000, using: &random))
      let date = Date(timeIntervalSince1970: Double(instant.milliseconds) / 1000)
      let parts = foundation.dateComponents([.year, .month, .day], from: date)
      let day = calendar.day(of: instant).civil
      #expect(day.year == parts.year && day.month == parts.month && day.day == parts.day, "\(instant.rfc3339)")
      let start = foundation.startOfDay(for: date)
      #expect(calendar.start(of: calendar.day(of: instant)).milliseconds == Int64(start.timeIntervalSince1970 * 1000))
    }
  }

  @Test func sixMonthsAfterTheThirtyFirstIsTheLastOfFebruary() {
    #expect(
      newYork.adding(months: 6, to: time("2017-08-31T10:00:00-04:00")) == time("2018-02-28T10:00:00-05:00"))
    #expect(newYork.adding(months: 6, to: time("2019-08-31T10:00:00-04:00")) == time("2020-02-29T10:00:00-05:00"))
  }

  @Test func daysKeepTheLocalTimeAcrossDaylightSaving() {
    #expect(newYork.adding(days: 14, to: time("2017-03-01T09:30:00-05:00")) == time("2017-03-15T09:30:00-04:00"))
  }

  @Test func aSkippedLocalTimeMovesOnByTheGapAndARepeatedOneIsTheFirst() {
    #expect(newYork.adding(days: 14, to: time("2017-02-26T02:30:00-05:00")) == time("2017-03-12T03:30:00-04:00"))
    #expect(newYork.adding(months: 6, to: time("2017-05-05T01:30:00-04:00")) == time("2017-11-05T01:30:00-04:00"))
  }

  @Test func anUnknownZoneIsRefused() {
    #expect(ZoneCalendar(identifier: "Mars/Olympus") == nil)
    #expect(ZoneCalendar(identifier: "") == nil)
  }
}
