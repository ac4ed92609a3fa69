import Contracts
import Loyalty
import Notifier
import StreamRuntime
import TestValues
import Testing

/// Hours in which nobody is disturbed, and how much a day may bring. The room begins at noon, in UTC.
@Suite(.timeLimit(.minutes(10))) struct QuietAndCapTests {
  static func programme(_ messages: String) -> String {
    Mailroom.programme.replacing(#""pending""#, with: "\"messages\":\(messages),\"pending\"")
  }

  static let marketing = programme(#"{"templates":{"tier-reached":{"class":"marketing"}}}"#)

  func withMailroom(
    _ flags: [String] = [], programme: String = Mailroom.programme, clock: ClockMode = .stream,
    _ body: (Mailroom) throws -> Void
  ) throws {
    let mailroom = try Mailroom(
      Mailroom.channels + Mailroom.gateway + ["--unsubscribe-url", "https://example.com/u", "--sms-opt-out", "TC 8066"]
        + flags, clock: clock, programmes: [programme])
    defer { mailroom.close() }
    try body(mailroom)
  }

  func hours(_ count: Int, _ room: Mailroom) throws {
    for _ in 0..<count {
      room.pass(seconds: 3_600)
      try room.run()
    }
  }

  @Test(arguments: [ClockMode.wall, .stream]) func serviceSMSWaitsForTheMorningAndEmailDoesNot(clock: ClockMode) throws
  {
    try withMailroom(clock: clock) { room in
      try room.join(email: false, sms: true)
      try room.join("M-2")
      try hours(9, room)
      room.earn(10, at: "2017-03-01T21:00:00Z")
      room.earn(10, cause: "P-2", member: "M-2", at: "2017-03-01T21:00:00Z")
      try room.run()
      #expect(try room.outcomes() == ["points-earned email sent 1"])
      try hours(10, room)
      #expect(room.post.texts.isEmpty && room.waiting("sms") == 1)
      try room.crash(losingDisk: true)
      try hours(1, room)
      #expect(room.post.texts.count == 1)
      #expect(try room.outcomes() == ["points-earned email sent 1", "points-earned sms sent 1"])
    }
  }

  @Test func securitySMSDoesNotWait() throws {
    try withMailroom { room in
      try room.join(email: false, sms: true, address: "b\u{202E}o@example.com", agreesTo: nil)
      try hours(12, room)
      room.redeem(500)
      try room.run()
      #expect(room.post.sent.count == 1)
    }
  }

  /// It is 23 o'clock in Sydney; the programme's own hours are not the member's.
  @Test func hoursAreThoseOfTheMembersZone() throws {
    try withMailroom { room in
      try room.join(email: false, sms: true, timeZone: "Australia/Sydney")
      try room.join("M-2", email: false, sms: true)
      room.earn(10)
      room.earn(10, cause: "P-2", member: "M-2")
      try room.run()
      #expect(room.post.texts.count == 1 && room.waiting("sms") == 1)
      // 8 o'clock in Sydney is 21 o'clock in UTC.
      try hours(8, room)
      #expect(room.post.texts.count == 1)
      try hours(1, room)
      #expect(room.post.texts.count == 2)
    }
  }

  @Test func programmeAndOperatorSetTheHours() throws {
    let noon = Self.programme(#"{"service":{"sms":{"quiet":{"from":"12:00","to":"13:00"}}}}"#)
    try withMailroom(programme: noon) { room in
      try room.join(email: false, sms: true)
      room.earn(10)
      try room.run()
      #expect(room.post.texts.isEmpty)
      try hours(1, room)
      #expect(room.post.texts.count == 1)
    }
    try withMailroom(["--service-sms-quiet", "none"]) { room in
      try room.join(email: false, sms: true)
      try hours(12, room)
      room.earn(10, at: "2017-03-02T00:00:00Z")
      try room.run()
      #expect(room.post.texts.count == 1)
    }
  }

  // MARK: Marketing

  @Test func marketingSaysWhatItIsAndHowToHaveNoMore() throws {
    try withMailroom(programme: Self.marketing) { room in
      try room.join(locale: "vi", agreesTo: .marketing)
      try room.join("M-2", email: false, sms: true, locale: "en", agreesTo: .marketing)
      room.reach("gold")
      room.reach("gold", member: "M-2")
      try room.run()
      let mail = try #require(room.post.mails.first)
      #expect(mail.subject == "[QC] Chúc mừng bạn lên hạng Gold")
      #expect(mail.body.hasSuffix("Journey Rewards\n\n--\nHủy nhận thư: https://example.com/u\n"))
      #expect(mail.html?.contains("https://example.com/u") == true)
      let text = try #require(room.post.texts.first?.text)
      #expect(text.hasPrefix("[AD] Journey Rewards: congratulations") && text.hasSuffix(" Opt out: TC 8066"))
      #expect(try room.outcomes().sorted() == ["tier-reached email sent 1", "tier-reached sms sent 1"])
    }
  }

  /// Consent to service is none to marketing, and security is never marketing.
  @Test func marketingTakesAConsentOfItsOwn() throws {
    try withMailroom(programme: Self.marketing) { room in
      try room.join()
      room.reach("gold")
      try room.run()
      #expect(try room.outcomes() == ["tier-reached email suppressed no-consent 0"])
    }
  }

  @Test func marketingWithoutAWayOutIsNotSent() throws {
    let room = try Mailroom(programmes: [Self.marketing])
    defer { room.close() }
    try room.join(agreesTo: .marketing)
    room.reach("gold")
    try room.run()
    #expect(try room.outcomes() == ["tier-reached email suppressed no-opt-out 0"])
  }

  /// One a day: of three the second goes the next day, within its own time, and the third is not worth telling by then.
  @Test func dayHoldsOneMarketingEmail() throws {
    let programme = Self.programme(
      #"{"marketing":{"validHours":30},"templates":{"tier-reached":{"class":"marketing"}}}"#)
    try withMailroom(programme: programme) { room in
      try room.join(agreesTo: .marketing)
      for day in ["2017-02-26", "2017-02-27", "2017-02-28"] { room.reach("gold", since: day) }
      try room.run()
      #expect(room.post.sent.count == 1 && room.waiting("email") == 2)
      try hours(12, room)
      #expect(room.post.sent.count == 2 && room.waiting("email") == 0)
      #expect(
        try room.outcomes().sorted()
          == ["tier-reached email sent 1", "tier-reached email sent 1", "tier-reached email suppressed daily-cap 0"])
      #expect(room.driver.rows(of: "day-counts").count == 1)
      try hours(73, room)
      #expect(room.driver.rows(of: "day-counts").isEmpty)
    }
  }

  @Test func messageThatIsTriedAgainCountsOnceADay() throws {
    try withMailroom(programme: Self.programme(#"{"service":{"email":{"perDay":2}}}"#)) { room in
      try room.join()
      room.post.answer(.retryLater(SendReason("smtp-try-later")), .retryLater(SendReason("smtp-try-later")))
      room.earn(10)
      try room.run()
      for _ in 0..<4 {
        room.pass(seconds: 60)
        try room.run()
      }
      room.earn(10, cause: "P-2")
      room.earn(10, cause: "P-3")
      try room.run()
      #expect(try room.outcomes() == ["points-earned email sent 3", "points-earned email sent 1"])
      #expect(room.waiting("email") == 1)
    }
  }

  @Test func countsOfAMemberAreErasedWithThem() throws {
    try withMailroom(programme: Self.programme(#"{"service":{"email":{"perDay":2}}}"#)) { room in
      try room.join()
      room.earn(10)
      try room.run()
      #expect(room.driver.rows(of: "day-counts").count == 1)
      room.erase()
      try room.run()
      #expect(room.driver.rows(of: "day-counts").isEmpty && room.messageRows() == 0)
    }
  }

  /// Every template but those of security, whose class nobody changes, and the digest, which is what it gathers.
  @Test func programmesMayNameEveryTemplateThatHasAChoice() {
    let free = Template.allCases.filter { $0.messageClass != .security && $0 != .pointsDigest }
    #expect(MessagePolicyDocument.templates == Set(free.map(\.rawValue)))
  }
}
