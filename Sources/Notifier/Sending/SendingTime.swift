import Loyalty

/// Whether a message that is taken up may go now: it is still worth telling, no quiet hours hold, and the day has room.
package enum SendingTime: Equatable, Sendable {
  case now
  case later(Instant)
  /// Whatever it waits for comes after its end; for this stable reason.
  case tooLate(String)

  package static let tooLateReason = "too-late"
  package static let dailyCapReason = "daily-cap"

  /// - Parameters:
  ///   - validUntil: the message is not worth telling from then on; nil: always.
  ///   - calendar: of the member's zone, else of the programme's.
  ///   - count: how many of its kind the member has had on a day; not asked where nothing is counted.
  package init(
    of rules: SendingRules, at now: Instant, validUntil: Instant?, in calendar: ZoneCalendar,
    count: (LocalDate) throws -> Int
  ) rethrows {
    let end = validUntil ?? .distantFuture
    guard now < end else {
      self = .tooLate(Self.tooLateReason)
      return
    }
    var at = rules.quiet.end(at: now, in: calendar) ?? now
    var reason = Self.tooLateReason
    if let perDayMax = rules.perDayMax {
      let day = calendar.day(of: at)
      if try count(day) >= perDayMax {
        let nextDay = calendar.start(of: day.adding(days: 1))
        at = rules.quiet.end(at: nextDay, in: calendar) ?? nextDay
        reason = Self.dailyCapReason
      }
    }
    self = at <= now ? .now : at < end ? .later(at) : .tooLate(reason)
  }
}
