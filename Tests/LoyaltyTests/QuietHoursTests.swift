import Loyalty
import TestValues
import Testing

@Suite(.timeLimit(.minutes(10))) struct QuietHoursTests {
  let night = QuietHours(from: 21 * 60, to: 8 * 60)
  let saigon = zone("Asia/Ho_Chi_Minh")

  /// Rows: local time, when the quiet hours end; nil: they do not hold.
  @Test(
    arguments: [
      ("2026-11-30T20:59:59.999+07:00", nil), ("2026-11-30T21:00:00+07:00", "2026-12-01T08:00:00+07:00"),
      ("2026-11-30T23:59:59+07:00", "2026-12-01T08:00:00+07:00"),
      ("2026-12-01T00:00:00+07:00", "2026-12-01T08:00:00+07:00"),
      ("2026-12-01T03:42:00+07:00", "2026-12-01T08:00:00+07:00"),
      ("2026-12-01T07:59:59.999+07:00", "2026-12-01T08:00:00+07:00"), ("2026-12-01T08:00:00+07:00", nil),
    ] as [(String, String?)])
  func nightEndsInTheMorning(_ now: String, _ end: String?) {
    #expect(night.end(at: time(now), in: saigon) == end.map(time))
  }

  @Test func hoursOfTheDayEndOnTheSameDay() {
    let noon = QuietHours(from: 12 * 60, to: 13 * 60 + 30)
    #expect(noon.end(at: time("2026-12-01T11:59:59+07:00"), in: saigon) == nil)
    #expect(noon.end(at: time("2026-12-01T12:00:00+07:00"), in: saigon) == time("2026-12-01T13:30:00+07:00"))
    #expect(noon.end(at: time("2026-12-01T13:30:00+07:00"), in: saigon) == nil)
    for hour in 0..<24 {
      let now = time("2026-12-01T00:00:00Z").advanced(byMilliseconds: Int64(hour) * 3_600_000)
      #expect(QuietHours.none.end(at: now, in: saigon) == nil)
      #expect(QuietHours(from: 600, to: 600).end(at: now, in: saigon) == nil)
    }
  }

  /// Clocks go from 2:00 to 3:00 on 14 March 2027, and from 2:00 back to 1:00 on 7 November.
  @Test func endFollowsTheClocks() {
    let newYork = zone("America/New_York")
    #expect(night.end(at: time("2027-03-13T22:00:00-05:00"), in: newYork) == time("2027-03-14T08:00:00-04:00"))
    let early = QuietHours(from: 21 * 60, to: 2 * 60 + 30)
    #expect(early.end(at: time("2027-03-13T22:00:00-05:00"), in: newYork) == time("2027-03-14T03:30:00-04:00"))
    let twice = QuietHours(from: 21 * 60, to: 60 + 30)
    #expect(twice.end(at: time("2027-11-06T22:00:00-04:00"), in: newYork) == time("2027-11-07T01:30:00-04:00"))
    #expect(twice.end(at: time("2027-11-07T01:10:00-05:00"), in: newYork) == nil, "they have ended once")
  }

  @Test func memberInAnotherZoneSleepsAtAnotherTime() {
    let now = time("2026-12-01T03:42:00+07:00")
    #expect(night.end(at: now, in: zone("Europe/London")) == nil)
    #expect(night.end(at: now, in: zone("Australia/Sydney")) == time("2026-12-01T08:00:00+11:00"))
  }
}
