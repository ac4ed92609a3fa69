import Contracts
import Loyalty
import Notifier
import Signing
import StreamRuntime
import StreamTesting
import TestValues
import Testing

@Suite(.timeLimit(.minutes(10))) struct PreferenceTests {
  private static let secret = String(repeating: "s", count: 32)
  private static let page = ["--preferences-url", "https://messages.example.com/", "--link-secret", secret]

  private let noPoints = Preference(.email, .points, isWanted: false)

  func withMailroom(_ flags: [String] = Mailroom.channels + Mailroom.gateway, _ body: (Mailroom) throws -> Void) throws
  {
    let room = try Mailroom(flags)
    defer { room.close() }
    try body(room)
  }

  func states(_ room: Mailroom) -> [String?] { room.driver.outputs(Topic.preferences.name).map(\.value) }

  @Test func whatIsSwitchedOffIsNotSentAndTheRestIs() throws {
    try withMailroom { room in
      try room.join()
      room.say(noPoints)
      try room.run()
      room.earn(10)
      room.reach("gold")
      try room.run()
      #expect(
        try Set(room.outcomes()) == [
          "points-earned email suppressed preference-off 0", "tier-reached email sent 1",
        ])
      room.say(Preference(.email, .points, isWanted: true), id: "web-2", at: "2017-03-01T12:00:01Z")
      try room.run()
      room.earn(10, cause: "P-2")
      try room.run()
      #expect(try room.outcomes().last == "points-earned email sent 1")
    }
  }

  @Test func aWithdrawalReachesWhatIsQueued() throws {
    try withMailroom { room in
      try room.join()
      room.post.answer(.retryLater(SendReason("smtp-450")))
      room.earn(10)
      try room.run()
      #expect(try room.waiting("email") == 1 && room.outcomes().isEmpty)
      room.say(noPoints)
      try room.run()
      room.pass(seconds: 3_600)
      try room.run()
      #expect(try room.outcomes() == ["points-earned email suppressed preference-off 1"])
      #expect(room.post.sent.count == 1)
    }
  }

  /// The first of a member's messages waits for the profile, and says no sooner.
  @Test func aWithdrawalBeforeTheProfileHolds() throws {
    try withMailroom { room in
      room.say(noPoints)
      room.earn(10)
      try room.run()
      try room.join()
      room.pass(seconds: 10)
      try room.run()
      #expect(try room.outcomes() == ["points-earned email suppressed preference-off 0"])
    }
  }

  @Test func whoEndsEmailsDoesNotGetSMSInstead() throws {
    try withMailroom { room in
      try room.join(sms: true)
      room.say(noPoints, source: "one-click")
      try room.run()
      room.earn(10)
      try room.run()
      #expect(try room.outcomes() == ["points-earned email suppressed preference-off 0"])
    }
  }

  @Test func whoHasAskedForSMSGetsThemInsteadOfEmails() throws {
    try withMailroom { room in
      try room.join(sms: true)
      room.say(noPoints, Preference(.sms, .points, isWanted: true))
      try room.run()
      room.earn(10)
      try room.run()
      #expect(try room.outcomes() == ["points-earned sms sent 1"])
    }
  }

  @Test func smsThatIsSwitchedOffLeavesEmailsAlone() throws {
    try withMailroom { room in
      try room.join(sms: true)
      try room.join("M-2", email: false, sms: true)
      let noSMS = Preference.all(channels: [.sms], isWanted: false)
      for member in ["M-1", "M-2"] {
        for change in noSMS { room.say(change, id: "\(member) \(change.topic)", member: member) }
      }
      try room.run()
      room.earn(10)
      room.earn(10, member: "M-2")
      try room.run()
      #expect(
        try Set(room.outcomes()) == ["points-earned email sent 1", "points-earned sms suppressed preference-off 0"])
    }
  }

  @Test func consentComesBeforeAndTheServerBehind() {
    let off = PreferenceQuestion(
      MemberPreferences(
        memberId: "M-1", settings: [.init(noPoints, since: .epoch, source: "s")], requestId: "R", occurredAt: .epoch),
      .pointsEarned)
    let agreed = MemberProfile(id: "M-1", consent: Consent(email: [.service]), occurredAt: .epoch)
    let notAgreed = MemberProfile(id: "M-1", occurredAt: .epoch)
    #expect(
      Suppression.judge(notAgreed, channel: .email, preferences: off) == .suppress(reason: "no-consent"))
    #expect(
      Suppression.judge(agreed, channel: .email, preferences: off, isConfigured: { _ in false })
        == .suppress(reason: "preference-off"))
    #expect(
      Suppression.judge(agreed, channel: .email, isConfigured: { _ in false })
        == .suppress(reason: "channel-not-configured"))
  }

  // MARK: What is told

  @Test func theWholeStateIsToldAndNothingTwice() throws {
    try withMailroom { room in
      room.say(noPoints)
      room.say(noPoints)
      room.say(Preference(.sms, .offers, isWanted: false), id: "sms-1", source: "sms", at: "2017-03-01T12:00:05Z")
      room.say(Preference(.email, .points, isWanted: true), id: "old", at: "2017-02-01")
      try room.run()
      let states = try room.driver.values(of: Topic.preferences.name) { try MemberPreferences(decoding: $0) }
      #expect(states.map { $0.settings.count } == [1, 2] && states.map(\.requestId) == ["web-1", "sms-1"])
      #expect(states.last?.isWanted(.points, by: .email) == false)
      #expect(states.last?.occurredAt == time("2017-03-01T12:00:05Z"))
      let record = try #require(room.driver.outputs(Topic.preferences.name).last)
      #expect(record.key == "M-1")
    }
  }

  @Test func whatComesFromAPhoneIsLeftToIngest() throws {
    try withMailroom { room in
      let digest = String(repeating: "0", count: 32)
      let request = PreferenceRequest(
        id: "sms-1", subject: .contact(digest: digest, check: digest), changes: [noPoints], source: "sms",
        occurredAt: time(Mailroom.now))
      room.driver.publish(Topic.preferenceRequests.name, key: digest, value: json { request.encode(to: &$0) })
      try room.run()
      #expect(room.driver.rows(of: "preferences").isEmpty && states(room).isEmpty)
      #expect(room.driver.outputs("notifier.dead-letters").isEmpty)
    }
  }

  // MARK: Erasure

  @Test func erasureLeavesNothing() throws {
    try withMailroom { room in
      try room.join()
      room.say(noPoints)
      try room.run()
      room.erase()
      try room.run()
      #expect(room.driver.rows(of: "preferences").isEmpty)
      #expect(states(room).count == 2 && states(room).last == .some(nil))
      let reports = try room.driver.values(of: Topic.privacyReports.name) { try PrivacyReport(decoding: $0) }
      #expect(reports.map(\.rowsErased) == [2], "the profile and what was said")
      // The link of an old mail, followed later.
      room.say(noPoints, id: "web-9", at: "2017-03-05")
      try room.run()
      #expect(room.driver.rows(of: "preferences").isEmpty && states(room).count == 2)
    }
  }

  @Test func aNewLifeMaySayItAgain() throws {
    try withMailroom { room in
      try room.join()
      room.erase()
      try room.run()
      try room.join(at: "2017-03-02")
      room.say(noPoints, at: "2017-03-03")
      try room.run()
      #expect(room.driver.rows(of: "preferences").count == 1)
    }
  }

  @Test func aRequestThatLiesWrongIsSentOn() throws {
    let room = try Mailroom(partitionCount: 3)
    defer { room.close() }
    let own = room.driver.log.partition(of: Array("M-1".utf8))
    let request = PreferenceRequest(
      id: "R", subject: .member("M-1"), changes: [noPoints], source: "app", occurredAt: time(Mailroom.now))
    room.driver.publish(
      Topic.preferenceRequests.name, partition: (own + 1) % 3, key: "M-1", value: json { request.encode(to: &$0) })
    try room.run()
    #expect(room.driver.rows(of: "preferences", partition: own).count == 1)
    #expect(room.driver.rows(of: "preferences", partition: (own + 1) % 3).isEmpty)
  }

  // MARK: Links

  @Test func mailsLinkToTheirMembersPage() throws {
    try withMailroom(Mailroom.channels + Self.page + ["--unsubscribe-url", "mailto:stop@example.com"]) { room in
      try room.join()
      try room.join("M-2", locale: "vi")
      room.earn(10)
      room.earn(10, member: "M-2")
      try room.run()
      let mails = room.post.mails.sorted { $0.to.address < $1.to.address }
      let url = try #require(mails[0].oneClickURL)
      let token = String(url.dropFirst("https://messages.example.com/u/".count))
      let seal = try #require(LinkSeal(secrets: Self.secret))
      #expect(
        seal.open(token).flatMap(PreferenceLink.init(bytes:))
          == PreferenceLink(memberId: "M-1", channel: .email, topic: .points))
      #expect(mails[0].unsubscribeURL == "mailto:stop@example.com?subject=unsubscribe%20\(token)")
      #expect(mails[0].body.hasSuffix("\n--\nUnsubscribe: \(url)\n"))
      #expect(mails[1].body.contains("\n--\nHủy nhận thư: https://"))
      #expect(!mails[1].body.contains(token))
    }
  }

  @Test func smsLinkWhereAskedToAndThereIsRoom() throws {
    for (flags, isLinked) in [([], false), (["--sms-preferences-link"], true)] {
      try withMailroom(Mailroom.gateway + Self.page + flags) { room in
        try room.join(email: false, sms: true)
        room.earn(10)
        try room.run()
        #expect(
          room.post.texts.map { $0.text.contains(" Your messages: https://messages.example.com/u/") } == [isLinked])
      }
    }
    try withMailroom(Mailroom.gateway + Self.page + ["--sms-preferences-link", "--sms-segments-max", "1"]) { room in
      try room.join(email: false, sms: true)
      room.earn(10)
      try room.run()
      #expect(room.post.texts.map { $0.text.contains("https:") } == [false])
      #expect(try room.notifications().map(\.sms?.segments) == [1])
    }
  }

  /// To try it on one machine; nothing that mail programs could not reach stands in a header.
  @Test func aPageOfThisMachineIsLinkedInTheTextAlone() throws {
    let flags = ["--preferences-url", "http://127.0.0.1:8090", "--link-secret", Self.secret]
    try withMailroom(Mailroom.channels + flags) { room in
      try room.join()
      room.earn(10)
      try room.run()
      let mail = try #require(room.post.mails.first)
      #expect(mail.body.contains("http://127.0.0.1:8090/u/") && mail.oneClickURL == nil && mail.unsubscribeURL == nil)
    }
  }

  @Test func aPageOfTheOperatorsOwnStandsInItsPlace() throws {
    try withMailroom(Mailroom.channels + ["--unsubscribe-url", "https://example.com/stop"]) { room in
      try room.join()
      room.earn(10)
      try room.run()
      let mail = try #require(room.post.mails.first)
      #expect(mail.unsubscribeURL == "https://example.com/stop" && mail.oneClickURL == nil)
      #expect(mail.body.hasSuffix("\n--\nUnsubscribe: https://example.com/stop\n"))
    }
  }

  @Test func everyTemplateThatCanBeSwitchedOffIsOfATopic() {
    for template in Template.allCases where template.messageClass != .security {
      #expect(template.canBeSwitchedOff && MessageTopic.allCases.contains(template.topic))
    }
    #expect(Template.tierReached.topic == .tier && Template.pointsRedeemed.topic == .points)
  }
}
