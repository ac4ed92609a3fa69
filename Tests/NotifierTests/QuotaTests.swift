import Notifier
import Testing

/// A provider that takes no more for now: the channel waits until it does.
@Suite(.timeLimit(.minutes(10))) struct QuotaTests {
  let unpaid = SendOutcome.channelRefused(SendReason("gateway-402"), isCertain: true)

  func quota(_ untilMs: Int64) -> SendOutcome { .quotaReached(SendReason("twilio-63038"), untilMs: untilMs) }
  func key(_ id: String) -> MessageKey { MessageKey(memberId: "M-1", id: id) }

  @Test func theChannelWaitsUntilTheQuotaEndsWhateverThePauses() {
    var breaker = ChannelBreaker(firstPauseMs: 1_000, pauseMsMax: 5_000)
    let reached = breaker.take(quota(90_000), of: key("a"))
    #expect(reached == .init(quota(90_000), holds: true))
    // Of a message that was on its way already.
    #expect(!breaker.take(quota(95_000), of: key("b")).holds)
    #expect(breaker.room(for: 8, nowMs: 94_999) == 0 && breaker.heldUntilMs(nowMs: 50_000) == 95_000)
    #expect(breaker.room(for: 8, nowMs: 95_000) == 1)
    #expect(!breaker.take(quota(200_000), of: key("a")).holds, "it was told once")
    #expect(breaker.heldUntilMs(nowMs: 95_000) == 200_000)
    #expect(breaker.room(for: 8, nowMs: 200_000) == 1)
    #expect(breaker.take(.sentAs("SM1"), of: key("a")).opens)
    #expect(breaker.room(for: 8, nowMs: 200_000) == 8)
    // The pauses are those of the beginning.
    #expect(breaker.take(unpaid, of: key("c")).holds)
    #expect(breaker.heldUntilMs(nowMs: 0) == 1_000)
  }

  @Test func aRefusedAccountIsToldWhereTheQuotaHeldTheChannelBefore() {
    var breaker = ChannelBreaker(firstPauseMs: 1_000, pauseMsMax: 5_000)
    _ = breaker.take(quota(90_000), of: key("a"))
    #expect(breaker.take(unpaid, of: key("b")).holds)
    #expect(!breaker.take(quota(99_000), of: key("c")).holds)
    #expect(breaker.heldUntilMs(nowMs: 10_000) == 11_000, "an account is asked again after its pauses")
  }

  @Test func noQuotaHoldsAChannelForLongerThanADayAndAnHour() {
    var breaker = ChannelBreaker(firstPauseMs: 1_000, pauseMsMax: 5_000)
    _ = breaker.take(quota(.max), of: key("a"))
    let longest: Int64 = 25 * 3_600_000
    #expect(breaker.heldUntilMs(nowMs: 1_000_000) == 1_000_000 + longest)
    // A clock that was put back.
    #expect(breaker.heldUntilMs(nowMs: 0) == longest)
  }

  @Test func aMessageThatMeetsTheQuotaWaitsWithoutSpendingAnAttempt() throws {
    let room = try Mailroom(Mailroom.gateway + ["--send-attempts-max", "1"])
    defer { room.close() }
    try room.join(email: false, sms: true)
    let endMs = room.driver.wall.nowMs + 7_200_000
    room.post.answer(quota(endMs), quota(endMs), .sentAs("SM1"))
    room.earn(10)
    room.earn(10, cause: "P-2")
    try room.run()
    #expect(room.figure("stampede_channel_held", "sms") == 1)
    room.pass(seconds: 7_000)
    try room.run()
    // Both at the same time, or the second not at all.
    #expect((1...2).contains(room.post.sent.count) && room.waiting("sms") == 2)
    room.pass(seconds: 200)
    while room.waiting("sms") != 0 {
      try room.run()
      room.pass(seconds: 1)
    }
    #expect(try room.outcomes() == ["points-earned sms sent 1", "points-earned sms sent 1"])
    #expect(room.figure("stampede_channel_held", "sms") == 0)
  }

  @Test func whatTheProviderToldIsOnTheNotification() throws {
    let room = try Mailroom(Mailroom.channels + ["--sms-provider", "esms", "--sms-user", "u", "--sms-password", "p"])
    defer { room.close() }
    try room.join("M-2", email: false, sms: true)
    try room.join()
    room.post.answer(.sentAs("d533459e"))
    room.earn(10, member: "M-2")
    try room.run()
    room.post.answer(.failed(SendReason("esms-108")))
    room.earn(10, cause: "P-2", member: "M-2")
    try room.run()
    room.earn(10, cause: "P-3")
    try room.run()
    let told = try room.notifications()
    #expect(told.map(\.provider) == ["esms", "esms", nil])
    #expect(told.map(\.providerMessageId) == ["d533459e", nil, nil])
    #expect(try room.outcomes()[1] == "points-earned sms failed esms-108 1")
  }
}
