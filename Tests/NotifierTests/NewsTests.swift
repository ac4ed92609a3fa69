import Contracts
import Loyalty
import Notifier
import StreamRuntime
import TestValues
import Testing

/// Which events become messages, and to whom.
@Suite(.timeLimit(.minutes(10))) struct NewsTests {
  func withMailroom(
    _ flags: [String] = Mailroom.channels + Mailroom.gateway, clock: ClockMode = .stream,
    programmes: [String] = [Mailroom.programme], _ body: (Mailroom) throws -> Void
  ) throws {
    let mailroom = try Mailroom(flags, clock: clock, programmes: programmes)
    defer { mailroom.close() }
    try body(mailroom)
  }

  @Test func entriesOfOneBookingBecomeOneMessage() throws {
    try withMailroom { room in
      try room.join()
      room.earn(300, 40, 2, traceparent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")
      try room.run()
      #expect(room.post.mails.count == 1)
      let mail = try #require(room.post.mails.first)
      #expect(mail.to.address == "m-1@example.com" && mail.from.address == "points@example.com")
      #expect(mail.subject == "You earned 342 points")
      for fact in [
        "Hello Lan,\n\nThank you for shopping", "from 15 March 2017 until 31 August 2017.",
        "You now have 40 points ready", "Journey Rewards",
      ] {
        #expect(mail.body.contains(fact), "\(mail.body)")
      }
      let told = try #require(try room.notifications().first)
      #expect(told.id == mail.notificationId && told.memberId == "M-1" && told.programId == "journey")
      #expect(told.cause == "pos:P-1" && told.locale == "en" && told.occurredAt == time(Mailroom.now))
      #expect(try room.outcomes() == ["points-earned email sent 1"])
      let headers = try #require(room.driver.outputs(Topic.notifications.name).first?.headers)
      #expect(headers["traceparent"] == "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")
      #expect(headers["ce_id"] == told.id && headers["ce_type"] == "notification.sent")
    }
  }

  /// The document says that points are pending for 14 days and live for six months; the entries say what was booked.
  @Test func theMessageTellsWhatWasBookedAndNotWhatTheProgrammeSays() throws {
    let other = Mailroom.programme.replacing(#""days":14"#, with: #""days":3"#)
      .replacing(#""months":6"#, with: #""months":12"#)
    try withMailroom(programmes: [other]) { room in
      try room.join()
      room.earn(300)
      room.earn(100, cause: "A-1", lot: ":activity:app:A-1")
      room.earn(50, -10, cause: "P-2", status: .frozen)
      try room.run()
      let bodies = Dictionary(uniqueKeysWithValues: room.post.mails.map { ($0.subject, $0.body) })
      #expect(bodies["You earned 300 points"]?.contains("from 15 March 2017 until 31 August 2017.") == true)
      #expect(bodies["You earned 100 points"]?.contains("Hello Lan,\n\nYou have just earned 100 points.\n") == true)
      let frozen = try #require(bodies["You earned 40 points"])
      #expect(frozen.contains("Your account is on hold") && !frozen.contains("can be used from"))
    }
  }

  @Test func whatIsNoNameIsNotInTheGreeting() throws {
    try withMailroom { room in
      for (member, name) in [("M-1", "click http://evil.example"), ("M-2", "Lan\u{202E}"), ("M-3", "Nguyễn Ánh")] {
        try room.join(member, name: name)
        room.earn(10, member: member)
      }
      try room.run()
      let greetings = room.post.mails.compactMap { $0.body.split(separator: "\n").first.map(String.init) }
      #expect(greetings.sorted() == ["Hello Nguyễn Ánh,", "Hello,", "Hello,"])
    }
  }

  @Test func theOutcomeOfAnSMSTellsWhatItTook() throws {
    let marked = ["--sms-letters", "marked", "--sms-segments-max", "2"]
    let long = Mailroom.programme.replacing("Journey Rewards", with: String(repeating: "Hành Trình ", count: 15) + "1")
    for (flags, programme, locale, outcome, form) in [
      ([], Mailroom.programme, "vi", "points-earned sms sent 1", SMSForm(encoding: .gsm7, segments: 1)),
      (marked, Mailroom.programme, "vi", "points-earned sms sent 1", SMSForm(encoding: .ucs2, segments: 2)),
      (marked, Mailroom.programme, "en", "points-earned sms sent 1", SMSForm(encoding: .gsm7, segments: 1)),
      (["--sms-segments-max", "1"], long, "vi", "points-earned sms suppressed sms-too-long 0", nil),
    ] as [([String], String, String, String, SMSForm?)] {
      try withMailroom(Mailroom.gateway + flags, programmes: [programme]) { room in
        try room.join(email: false, sms: true, locale: locale)
        room.earn(10)
        try room.run()
        #expect(try room.outcomes() == [outcome])
        #expect(try room.notifications().map(\.sms) == [form])
        #expect(room.post.texts.map(\.encoding) == [form?.encoding].compactMap { $0 })
        #expect(room.post.texts.allSatisfy { $0.text.contains("điểm") == ($0.encoding == .ucs2) })
      }
    }
  }

  @Test func numberThatTakesNoSMSIsToldBeforeAnythingIsSent() throws {
    try withMailroom(Mailroom.gateway) { room in
      try room.join(email: false, sms: true, phone: "+842438123456")
      try room.join("M-2", email: false, sms: true, phone: "+8490123456")
      room.earn(10)
      room.earn(10, member: "M-2")
      try room.run()
      #expect(room.post.sent.isEmpty)
      #expect(
        try Set(room.outcomes()) == [
          "points-earned sms suppressed phone-not-mobile 0", "points-earned sms suppressed phone-unusable 0",
        ])
    }
  }

  /// The channel says so when the message has been given to it.
  @Test func whatTheChannelCannotTakeIsSuppressed() throws {
    try withMailroom { room in
      try room.join(address: "người@exämple.com")
      room.post.answer(.suppressed(SendReason("smtputf8-not-offered")))
      room.earn(10)
      try room.run()
      #expect(room.post.mails.map(\.to.address) == ["người@xn--exmple-cua.com"])
      #expect(try room.outcomes() == ["points-earned email suppressed smtputf8-not-offered 1"])
    }
  }

  @Test func whatAFactorTakesOffIsPartOfTheMessage() throws {
    try withMailroom { room in
      try room.join()
      room.earn(300, -60, 2)
      room.earn(300, -300, cause: "P-2")
      try room.run()
      #expect(room.post.mails.map(\.subject) == ["You earned 242 points"])
      let outcomes = try room.outcomes()
      #expect(Set(outcomes) == ["points-earned email sent 1", "points-earned email suppressed no-points 0"])
    }
  }

  @Test func redemptionsAndUpgradesAreToldAndNothingElse() throws {
    try withMailroom { room in
      try room.join(locale: "vi-VN")
      room.redeem(500)
      room.redeem(20, cause: "A-1", type: .pointsAdjusted)
      room.redeem(30, cause: "L-1", type: .pointsExpired)
      room.reach("gold", reason: .downgrade, since: "2017-02-27")
      room.reach("gold", reason: .kept, since: "2017-02-28")
      room.reach("gold")
      try room.run()
      #expect(
        Set(room.post.mails.map(\.subject)) == ["Bạn vừa dùng 500 điểm", "Chúc mừng bạn lên hạng Gold"])
      #expect(room.post.mails.contains { $0.body.contains("được nhân 1,5.") })
      #expect(try Set(room.outcomes()) == ["points-redeemed email sent 1", "tier-reached email sent 1"])
    }
  }

  /// In the member's own language, else in the programme's first, else by the level's id.
  @Test(arguments: [
    ("vi-VN", "Chúc mừng bạn lên hạng Hội viên Vàng"), ("fr", "Welcome to Carte d'or"), ("de", "Welcome to Gold Card"),
  ])
  func levelsAreCalledAsTheProgrammeCallsThem(locale: String, expected: String) throws {
    let named = Mailroom.programme.replacing(
      #""from":"1000","#, with: #""from":"1000","names":{"vi":"Hội viên Vàng","en":"Gold Card","fr":"Carte d'or"},"#
    )
    .replacing(#""currencies""#, with: #""names":{"en":"Journey Club","vi":"Hành Trình"},"currencies""#)
    try withMailroom(programmes: [named]) { room in
      try room.join(locale: locale)
      room.reach("gold")
      try room.run()
      #expect(room.post.mails.map(\.subject) == [expected])
      #expect(room.post.mails[0].body.contains(locale == "vi-VN" ? "Hành Trình" : "Journey Club"))
    }
  }

  @Test func pointsFromOtherMembersAndPointsThatCameBackAreTold() throws {
    try withMailroom { room in
      try room.join()
      room.receive(30, 12)
      room.receive(5, from: "M-3")
      room.receive(8, cause: "T-2", type: .transferReturned)
      try room.run()
      #expect(
        room.post.mails.map(\.subject).sorted() == [
          "8 points came back to you", "Another member gave you 42 points", "Another member gave you 5 points",
        ])
      #expect(!room.post.mails.contains { $0.body.contains("M-2") || $0.body.contains("M-3") })
      #expect(try Set(room.outcomes()) == ["points-received email sent 1", "points-came-back email sent 1"])
    }
  }

  @Test func eventsThatComeAgainMakeNoSecondMessage() throws {
    try withMailroom { room in
      try room.join()
      func everything() {
        room.earn(300, 40)
        room.redeem(500)
        room.reach("gold")
      }
      everything()
      room.earn(300, 40)
      try room.run()
      everything()
      try room.run()
      try room.crash(losingDisk: true)
      everything()
      try room.run()
      #expect(room.post.sent.count == 3)
      #expect(try room.notifications().count == 3)
    }
  }

  @Test func anEntryThatComesAgainWhileItsBookingIsGatheredCountsOnce() throws {
    try withMailroom { room in
      try room.join()
      for entries in [[1], [1], [2], [1, 2], [3]] as [Set<Int>] {
        room.earn(300, 40, 2, only: entries)
        try room.run()
      }
      #expect(room.post.mails.map(\.subject) == ["You earned 342 points"])
    }
  }

  @Test func causesOfOneNameInTwoSourcesOrMembersAreTwo() throws {
    try withMailroom { room in
      try room.join()
      try room.join("M-2")
      room.earn(1)
      room.redeem(1, cause: "P-1")
      room.earn(1, member: "M-2")
      try room.run()
      #expect(Set(room.post.mails.map(\.notificationId)).count == 3)
    }
  }

  @Test func channelIsTheFirstThatMemberAndOperatorAllow() throws {
    try withMailroom { room in
      try room.join("M-1", email: true, sms: true)
      try room.join("M-2", email: false, sms: true)
      try room.join("M-3", email: false, sms: false)
      for member in ["M-1", "M-2", "M-3", "M-4"] { room.earn(10, cause: "P", member: member) }
      try room.run()
      room.pass(seconds: 5)
      try room.run()
      #expect(room.post.mails.map(\.to.address) == ["m-1@example.com"])
      #expect(room.post.texts.map(\.text).allSatisfy { $0.contains("you earned 10 points") })
      let byMember = Dictionary(
        uniqueKeysWithValues: zip(try room.notifications().map(\.memberId), try room.outcomes()))
      #expect(
        byMember == [
          "M-1": "points-earned email sent 1", "M-2": "points-earned sms sent 1",
          "M-3": "points-earned email suppressed no-consent 0",
          "M-4": "points-earned email suppressed no-profile 0",
        ])
      #expect(room.messageRows() == 2, "of what was not sent nothing is kept")
    }
    try withMailroom(Mailroom.channels) { room in
      try room.join(email: false, sms: true)
      try room.join("M-2", email: true, sms: true)
      room.earn(10)
      room.earn(10, cause: "P-2", member: "M-2")
      try room.run()
      #expect(
        try Set(room.outcomes()) == [
          "points-earned sms suppressed channel-not-configured 0", "points-earned email sent 1",
        ])
    }
  }

  @Test func profileThatComesAfterTheNewsIsWaitedFor() throws {
    try withMailroom { room in
      room.earn(10)
      try room.run()
      #expect(try room.outcomes().isEmpty)
      try room.join(email: false, sms: true)
      try room.run()
      #expect(try room.outcomes() == ["points-earned sms sent 1"])
    }
  }

  @Test func oldNewsIsNotTold() throws {
    try withMailroom(clock: .wall) { room in
      try room.join()
      room.earn(10, cause: "old", at: "2017-02-22T11:59:59Z", bookedAt: Mailroom.now)
      room.earn(10, cause: "fresh", at: "2017-02-22T12:00:00Z")
      room.reach("gold", since: "2016-12-01")
      try room.run()
      #expect(
        try Set(room.outcomes()) == [
          "points-earned email suppressed stale 0", "tier-reached email suppressed stale 0",
          "points-earned email sent 1",
        ])
      #expect(room.messageRows() == 1)
    }
  }

  @Test func onStreamTimeNewsIsAsOldAsTheMembersOwnClockSays() throws {
    try withMailroom { room in
      try room.join()
      room.earn(10, cause: "first", at: "2018-01-01")
      room.earn(10, cause: "later", at: "2019-01-01")
      room.earn(10, cause: "late", at: "2018-06-01", bookedAt: "2019-01-01T12:00:00Z")
      room.reach("gold", since: "2018-02-01")
      try room.run()
      #expect(
        try room.outcomes().sorted() == [
          "points-earned email sent 1", "points-earned email sent 1", "points-earned email suppressed stale 0",
          "tier-reached email sent 1",
        ])
    }
  }

  @Test func bookingThatLacksAnEntryMakesNoMessage() throws {
    try withMailroom { room in
      try room.join()
      room.earn(1, 2, 3, cause: "gap", only: [1, 3])
      room.earn(1, 2, cause: "open", only: [1])
      try room.run()
      #expect(room.post.sent.isEmpty && room.messageRows() == 1)
      room.pass(seconds: 3_601)
      try room.run()
      #expect(
        try room.outcomes()
          == Array(repeating: "points-earned email suppressed booking-incomplete 0", count: 2))
      #expect(room.messageRows() == 0)
    }
  }

  @Test func pointsThatNoSumHoldsAreDeadLettersAndTheNextIsTold() throws {
    try withMailroom { room in
      try room.join()
      room.earn(.max, .max, cause: "P-0")
      room.earn(10)
      try room.run()
      let letters = room.driver.outputs("notifier.dead-letters").compactMap { $0.headers["dl_error"] }
      #expect(letters == ["invalid-points", "invalid-points"])
      #expect(room.post.mails.map(\.subject) == ["You earned 10 points"])
    }
  }

  @Test func entriesThatOverflowTogetherAreTold() throws {
    try withMailroom { room in
      try room.join()
      let most = Points.largestRead.value
      room.earn(most, most, most, most, most, most, most, most, most, most)
      try room.run()
      #expect(room.post.mails.count == 1 && room.driver.outputs("notifier.dead-letters").isEmpty)
    }
  }

  @Test func brokenRecordsAreDeadLettersAndTheNextIsTold() throws {
    try withMailroom { room in
      room.driver.publish(Topic.members.name, key: "M-9", value: #"{"type":"member.profile","id":"M-1"}"#)
      room.driver.publish(Topic.members.name, key: nil, value: nil)
      room.driver.publish(Topic.ledger.name, key: "M-1", value: "{")
      room.driver.publish(Topic.ledger.name, key: "M-1", value: nil)
      room.driver.publish(Topic.privacyTasks.name, key: "M-1", value: "[]")
      room.driver.publish(Topic.tiers.name, key: "M-1", value: nil)
      let profile = MemberProfile(id: "M-1", occurredAt: .epoch)
      room.driver.publish(Topic.members.name, key: "M-2", value: json { profile.encode(to: &$0) })
      try room.join()
      room.earn(10)
      try room.run()
      #expect(
        room.driver.outputs("notifier.dead-letters").compactMap { $0.headers["dl_error"] }.sorted() == [
          "empty-value", "missing-field", "no-key", "not-json", "wrong-key", "wrong-kind",
        ])
      #expect(room.post.mails.count == 1)
    }
  }
}
