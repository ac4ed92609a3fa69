import Contracts
import Loyalty
import Notifier
import TestValues
import Testing

@Suite(.timeLimit(.minutes(10))) struct SendingTimeTests {
  let saigon = ZoneCalendar(identifier: "Asia/Ho_Chi_Minh")!
  let night = QuietHours(from: 21 * 60, to: 8 * 60)

  func judge(
    _ now: String, quiet: QuietHours = .none, perDayMax: Int? = nil, until: String? = nil, had: Int = 0
  ) -> SendingTime {
    let rules = SendingRules(quiet: quiet, perDayMax: perDayMax, validMs: 0)
    let today = saigon.day(of: time(now))
    return SendingTime(of: rules, at: time(now), validUntil: until.map(time), in: saigon) { $0 == today ? had : 0 }
  }

  @Test func quietHoursPutOffUntilMorningWhatIsStillWorthTellingThen() {
    #expect(judge("2026-12-01T12:00:00+07:00", quiet: night) == .now)
    #expect(judge("2026-12-01T03:42:00+07:00", quiet: night) == .later(time("2026-12-01T08:00:00+07:00")))
    #expect(
      judge("2026-12-01T03:42:00+07:00", quiet: night, until: "2026-12-01T08:00:00.001+07:00")
        == .later(time("2026-12-01T08:00:00+07:00")))
    #expect(
      judge("2026-12-01T03:42:00+07:00", quiet: night, until: "2026-12-01T08:00:00+07:00") == .tooLate("too-late"))
  }

  @Test func messageIsTooLateFromItsEndOn() {
    #expect(judge("2026-12-01T12:00:00+07:00", until: "2026-12-01T12:00:00.001+07:00") == .now)
    #expect(judge("2026-12-01T12:00:00+07:00", until: "2026-12-01T12:00:00+07:00") == .tooLate("too-late"))
  }

  @Test func fullDayPutsOffToTheNextAndItsQuietHours() {
    #expect(judge("2026-12-01T12:00:00+07:00", perDayMax: 3, had: 2) == .now)
    #expect(judge("2026-12-01T12:00:00+07:00", perDayMax: 3, had: 3) == .later(time("2026-12-02T00:00:00+07:00")))
    #expect(
      judge("2026-12-01T12:00:00+07:00", quiet: night, perDayMax: 3, had: 3)
        == .later(time("2026-12-02T08:00:00+07:00")))
    #expect(
      judge("2026-12-01T12:00:00+07:00", perDayMax: 3, until: "2026-12-02T00:00:00+07:00", had: 3)
        == .tooLate("daily-cap"))
    // In the evening it is the next day's count that matters.
    #expect(
      judge("2026-12-01T22:00:00+07:00", quiet: night, perDayMax: 1, had: 1)
        == .later(time("2026-12-02T08:00:00+07:00")))
  }

  /// Viet Nam's Decree 91/2020 for marketing, RFC 5321 for how long mail is tried; nothing holds security back.
  @Test func usualRulesOfEachClass() {
    let quiet = QuietHours(from: 1, to: 2)
    func usual(_ messageClass: MessageClass, _ channel: Consent.Channel) -> SendingRules {
      SendingRules(MessagePolicy(), messageClass, by: channel, serviceSMSQuiet: quiet)
    }
    for channel in Consent.Channel.allCases { #expect(usual(.security, channel) == SendingRules(validMs: 3_600_000)) }
    #expect(usual(.service, .email) == SendingRules(validMs: 4 * 86_400_000))
    #expect(usual(.service, .sms) == SendingRules(quiet: quiet, validMs: 4 * 86_400_000))
    #expect(usual(.marketing, .email) == SendingRules(perDayMax: 1, validMs: 86_400_000))
    #expect(
      usual(.marketing, .sms)
        == SendingRules(quiet: QuietHours(from: 22 * 60, to: 7 * 60), perDayMax: 3, validMs: 86_400_000))
  }

  @Test func programmesWordCounts() {
    var policy = MessagePolicy()
    policy.security.validHours = 24
    policy.service.sms = .init(quiet: QuietHours.none, perDay: 7)
    policy.marketing.email.perDay = 2
    func rules(_ messageClass: MessageClass, _ channel: Consent.Channel) -> SendingRules {
      SendingRules(policy, messageClass, by: channel, serviceSMSQuiet: night)
    }
    #expect(rules(.security, .sms) == SendingRules(validMs: 86_400_000))
    #expect(rules(.service, .sms) == SendingRules(perDayMax: 7, validMs: 4 * 86_400_000))
    #expect(rules(.marketing, .email).perDayMax == 2)
  }

  @Test func countsAreOfADayAProgrammeAClassAndAChannel() {
    let day = LocalDate(daysSinceEpoch: 100)
    var counts = DayCounts(nowMs: 0)
    counts.add("a", .marketing, by: .sms, on: day, nowMs: 5)
    counts.add("a", .marketing, by: .sms, on: day, nowMs: 5)
    #expect(counts.count("a", .marketing, by: .sms, on: day) == 2 && counts.dueMs == 3 * 86_400_000 + 5)
    #expect(counts.count("b", .marketing, by: .sms, on: day) == 0)
    #expect(counts.count("a", .service, by: .sms, on: day) == 0)
    #expect(counts.count("a", .marketing, by: .email, on: day) == 0)
    counts.add("a", .marketing, by: .sms, on: day.adding(days: 1), nowMs: 6)
    #expect(counts.count("a", .marketing, by: .sms, on: day) == 2, "another zone's day is yesterday")
    counts.add("a", .marketing, by: .sms, on: day.adding(days: 2), nowMs: 7)
    #expect(counts.counts.count == 2 && counts.count("a", .marketing, by: .sms, on: day) == 0)
  }
}
