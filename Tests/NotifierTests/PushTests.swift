import Contracts
import Foundation
import JSON
import Loyalty
import MessageFeedback
import Messages
import Notifier
import TestValues
import Testing

/// Messages that go to members' apps.
@Suite(.timeLimit(.minutes(10))) struct PushTests {
  private static let gone = SendOutcome.failed(SendReason("fcm-unregistered"))
  private static let busy = SendOutcome.retryLater(SendReason("fcm-internal"))
  private static let secret = ["--feedback-secret", FeedbackRoom.secretText]
  private static let pushFirst = Mailroom.programme.replacing(
    #""pending":"#, with: #""messages":{"channels":["push"]},"pending":"#)

  private func withApps(
    _ devices: [String] = ["d-1", "d-2", "d-3"], email: Bool = false, flags: [String] = PushTests.secret,
    programme: String = PushTests.pushFirst, _ body: (Mailroom) throws -> Void
  ) throws {
    let files = try PushFiles()
    let room = try Mailroom(Mailroom.channels + files.flags + flags, programmes: [programme])
    defer { room.close() }
    try room.joinWithApps(devices, email: email)
    try body(room)
  }

  private func pushes(_ room: Mailroom) -> [PushMessage] {
    room.post.sent.compactMap { if case .push(let message) = $0 { message } else { nil } }
  }

  private func devices(_ room: Mailroom) -> [String] { pushes(room).map(\.deviceToken) }

  @Test func oneMessageGoesToEachDeviceAndHasOneOutcome() throws {
    try withApps { room in
      room.post.answer(.sentAs("projects/p/messages/7"))
      room.earn(1_234)
      try room.run()
      #expect(devices(room) == ["d-1", "d-2", "d-3"] && Set(pushes(room).map(\.notificationId)).count == 1)
      let text = try #require(pushes(room).first).text
      #expect(
        text
          == PushText(
            title: "You earned 1,234 points",
            body: "Usable from 15 March 2017 until 31 August 2017. You have 40 points ready to use."))
      let told = try #require(try room.notifications().first)
      #expect(try room.outcomes() == ["points-earned push sent 3"])
      #expect(told.provider == "fcm" && told.providerMessageId == "projects/p/messages/7")
      #expect(told.id == pushes(room)[0].notificationId && room.messageRows() == 1)
    }
  }

  @Test func aDeviceThatIsGoneIsAskedNoMore() throws {
    try withApps { room in
      room.post.answer(Self.gone, .sent, .sent)
      room.earn(10)
      try room.run()
      #expect(try room.outcomes() == ["points-earned push sent 3"])
      #expect(try room.suppressed() == ["bounced"])
      room.earn(10, cause: "P-2")
      try room.run()
      #expect(devices(room) == ["d-1", "d-2", "d-3", "d-2", "d-3"])
    }
  }

  @Test func whereTheAppIsGoneFromAllDevicesTheMessageGoesOnByMail() throws {
    try withApps(["d-1", "d-2"], email: true) { room in
      room.post.answer(Self.gone, Self.gone)
      room.earn(10)
      try room.run(until: { room.post.mails.count == 1 && room.pool.isSettled })
      #expect(
        try room.outcomes() == ["points-earned push passed-on fcm-unregistered 2", "points-earned email sent 3"])
      #expect(Set(try room.notifications().map(\.id)) == [pushes(room)[0].notificationId])
      // The next one asks no device.
      room.earn(10, cause: "P-2")
      try room.run()
      #expect(try room.outcomes().last == "points-earned email sent 1" && pushes(room).count == 2)
    }
  }

  @Test func whereNothingElseIsAgreedToItHasFailed() throws {
    try withApps(["d-1"]) { room in
      room.post.answer(Self.gone)
      room.earn(10)
      try room.run()
      #expect(try room.outcomes() == ["points-earned push failed fcm-unregistered 1"] && room.post.mails.isEmpty)
      room.earn(10, cause: "P-2")
      try room.run()
      #expect(try room.outcomes().last == "points-earned push suppressed suppressed-bounced 0")
    }
  }

  @Test func aRetryGoesOnlyToDevicesThatWereNotReached() throws {
    try withApps(email: true) { room in
      room.post.answer(.sent, Self.busy, .sent)
      room.earn(10)
      try room.run()
      #expect(devices(room) == ["d-1", "d-2", "d-3"] && room.waiting("push") == 1)
      #expect(try room.outcomes().isEmpty)
      room.pass(seconds: 60)
      try room.run(until: { devices(room).count == 4 && room.pool.isSettled })
      #expect(devices(room).last == "d-2")
      #expect(try room.outcomes() == ["points-earned push sent 4"] && room.post.mails.isEmpty)
    }
  }

  /// One device has it: what the other one says to the end makes no second message and no failure.
  @Test func itIsSentWhenOneDeviceTookIt() throws {
    try withApps(["d-1", "d-2"], email: true, flags: Self.secret + ["--send-attempts-max", "1"]) { room in
      room.post.answer(Self.busy, .sentAs("m-2"))
      room.earn(10)
      try room.run()
      let told = try #require(try room.notifications().first)
      #expect(told.outcome == .sent && told.reason == nil && told.providerMessageId == "m-2")
      #expect(room.post.mails.isEmpty && room.messageRows() == 1)
    }
  }

  @Test func whatPassesMakesNoMail() throws {
    try withApps(["d-1"], email: true, flags: Self.secret + ["--send-attempts-max", "2"]) { room in
      room.post.answer(Self.busy, Self.busy)
      room.earn(10)
      try room.run()
      room.pass(seconds: 60)
      try room.run(until: { devices(room).count == 2 && room.pool.isSettled })
      #expect(try room.outcomes() == ["points-earned push failed fcm-internal 2"] && room.post.mails.isEmpty)
    }
  }

  /// Firebase asked for patience: no other device is tried before.
  @Test func aPauseHoldsTheOtherDevicesToo() throws {
    try withApps { room in
      room.post.answer(.retryLater(SendReason("fcm-quota-exceeded", retryAfterMs: 120_000)))
      room.earn(10)
      try room.run()
      #expect(devices(room) == ["d-1"])
      room.pass(seconds: 110)
      try room.run()
      #expect(devices(room) == ["d-1"])
      room.pass(seconds: 60)
      try room.run(until: { devices(room).count == 4 && room.pool.isSettled })
      #expect(devices(room) == ["d-1", "d-1", "d-2", "d-3"])
    }
  }

  /// What may have arrived goes again under the same id, which a device shows once; the others have their turn first.
  @Test func aKillOverOneDeviceMakesNoSecondMessage() throws {
    try withApps { room in
      room.post.hold()
      room.earn(10)
      try room.run(until: { room.post.sent.count == 1 })
      try room.crash()
      room.post.go.signal()
      room.pass(seconds: 31)
      try room.run(until: { room.post.sent.count == 3 && room.pool.isSettled })
      #expect(try room.outcomes().isEmpty)
      room.pass(seconds: 60)
      try room.run(until: { (try? room.notifications().count) == 1 })
      #expect(devices(room) == ["d-1", "d-2", "d-3", "d-1"])
      #expect(Set(pushes(room).map(\.notificationId)).count == 1)
      #expect(try room.outcomes() == ["points-earned push sent 4"])
    }
  }

  @Test func aRefusedAccountHoldsPushAlone() throws {
    try withApps { room in
      room.post.answer(.channelRefused(SendReason("fcm-token-refused"), isCertain: true))
      room.earn(10)
      try room.run()
      #expect(room.figure("stampede_channel_held", "push") == 1 && room.figure("stampede_channel_held", "email") == 0)
      room.pass(seconds: 60)
      try room.run(until: { devices(room).count == 4 && room.pool.isSettled })
      #expect(try room.outcomes() == ["points-earned push sent 3"])
    }
  }

  @Test func theProgrammeSaysWhichChannelIsFirst() throws {
    try withApps(email: true, programme: Mailroom.programme) { room in
      room.earn(10)
      try room.run()
      #expect(try room.outcomes() == ["points-earned email sent 1"] && pushes(room).isEmpty)
    }
    try withApps([], email: true) { room in
      room.earn(10)
      try room.run()
      #expect(try room.outcomes() == ["points-earned email sent 1"])
    }
    let kinds = Consent(email: [.service], push: [.service])
    let member = MemberProfile(
      id: "M", email: "a@example.com", consent: kinds, devices: [MemberDevice(token: "d", platform: .ios)],
      occurredAt: .epoch)
    let orders: [([Consent.Channel], Consent.Channel)] = [
      ([.push, .email, .sms], .push), ([.sms, .email, .push], .email),
    ]
    for (order, channel) in orders {
      #expect(Suppression.route(member, in: order) { _ in true }.channel == channel)
    }
    // Whoever switched the first one off is told by another only where they asked for it.
    var said = MemberPreferences(memberId: "M", requestId: "R", occurredAt: .epoch)
    _ = said.apply(
      PreferenceRequest(
        id: "R", subject: .member("M"), changes: [Preference(.push, .points, isWanted: false)], source: "s",
        occurredAt: .epoch))
    let question = PreferenceQuestion(said, .pointsEarned)
    let route = Suppression.route(member, preferences: question, in: [.push, .email, .sms]) { _ in true }
    #expect(route.verdict == .suppress(reason: PreferenceQuestion.switchedOff))
  }

  @Test func aSwitchIsEffectiveForWhatIsQueued() throws {
    try withApps { room in
      room.post.answer(Self.busy, Self.busy, Self.busy)
      room.earn(10)
      try room.run()
      room.say(Preference(.push, .points, isWanted: false))
      try room.run()
      room.pass(seconds: 60)
      try room.run(until: { (try? room.notifications().count) == 1 })
      #expect(try room.outcomes() == ["points-earned push suppressed preference-off 3"] && devices(room).count == 3)
    }
  }

  @Test func nothingOfADeviceIsLeftAfterAnErasure() throws {
    try withApps { room in
      room.post.answer(Self.busy, Self.busy, Self.busy)
      room.earn(10)
      try room.run()
      #expect(room.messageRows() == 1 && room.profileRows() == 1)
      room.erase()
      try room.run()
      #expect(room.messageRows() == 0 && room.profileRows() == 0)
    }
  }

  @Test func aDeviceOnTheListIsLeftOut() throws {
    try withApps { room in
      try room.suppress("device:d-2")
      room.earn(10)
      try room.run()
      #expect(devices(room) == ["d-1", "d-3"])
    }
  }
}

extension Mailroom {
  func joinWithApps(_ devices: [String], member: String = "M-1", email: Bool = false) throws {
    let profile = MemberProfile(
      id: member, name: "Lan", email: "lan@example.com", locale: "en",
      consent: Consent(email: email ? [.service] : [], push: [.service]),
      devices: devices.map { MemberDevice(token: $0, platform: .android) }, occurredAt: time("2017-01-01"))
    driver.publish(Topic.members.name, key: member, value: json { profile.encode(to: &$0) })
    try driver.run()
  }
}
