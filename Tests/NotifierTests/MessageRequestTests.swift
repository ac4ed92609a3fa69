import Contracts
import Loyalty
import Notifier
import StreamRuntime
import TestValues
import Testing

/// What operators have the notifier do with a member's messages.
@Suite(.timeLimit(.minutes(10))) struct MessageRequestTests {
  func withMailroom(_ flags: [String] = [], clock: ClockMode = .wall, _ body: (Mailroom) throws -> Void) throws {
    let mailroom = try Mailroom(
      Mailroom.channels + Mailroom.gateway + ["--send-attempts-max", "2"] + flags, clock: clock)
    defer { mailroom.close() }
    try mailroom.join()
    try body(mailroom)
  }

  /// As `loyalty messages retry` asks.
  func retry(_ failed: Contracts.Notification, by actor: String = "ann", _ room: Mailroom) throws {
    let request = MessageRequest(
      id: MessageRequest.retryId(of: failed.id, failedAt: failed.occurredAt), memberId: failed.memberId,
      kind: .retry(.init(messageId: failed.id, failedAt: failed.occurredAt, actor: actor)),
      occurredAt: time(Mailroom.now))
    try send(request, room)
  }

  func send(_ request: MessageRequest, _ room: Mailroom) throws {
    room.driver.publish(Topic.messageRequests.name, key: request.memberId, value: json { request.encode(to: &$0) })
    try room.run()
  }

  func answers(_ room: Mailroom) throws -> [MessageAnswer.Content] {
    try room.driver.values(of: Topic.messageAnswers.name) { try MessageAnswer(decoding: $0) }.map(\.content)
  }

  func explanation(_ member: String, _ room: Mailroom) throws -> MessageAnswer.Explanation {
    try send(MessageRequest(id: "ask", memberId: member, kind: .explain, occurredAt: time(Mailroom.now)), room)
    guard case .explained(let explanation)? = try answers(room).last else {
      throw Unreadable(description: "the notifier has not explained")
    }
    return explanation
  }

  private struct Unreadable: Error { var description: String }

  @Test(arguments: [ClockMode.wall, .stream]) func whatHasFailedGoesAgainOnceToTheAddressOfNow(clock: ClockMode) throws
  {
    try withMailroom(clock: clock) { room in
      room.post.answer(.failed(SendReason("smtp-550-5.1.1")))
      room.earn(10)
      try room.run()
      let failed = try #require(try room.notifications().first)
      try room.join(address: "right@example.com")
      try room.crash(losingDisk: true)
      room.pass(seconds: 5)
      for _ in 0..<3 { try retry(failed, room) }
      let outcomes = try room.notifications().filter { $0.id == failed.id }
      #expect(try answers(room).map { "\($0)" }.first?.hasPrefix("retried") == true)
      // The change of the address is told too.
      let mails = room.post.mails.filter { $0.notificationId == failed.id }
      #expect(mails.map(\.to.address) == ["m-1@example.com", "right@example.com"])
      #expect(outcomes.map(\.outcome) == [.failed, .sent] && Set(outcomes.map(\.id)).count == 1)
      #expect(outcomes[1].retries == 1 && outcomes[1].retriedBy == "ann" && outcomes[1].attempts == 2)
      #expect(outcomes[0].eventId != outcomes[1].eventId)
      #expect(
        try Array(answers(room).dropFirst()) == Array(repeating: .refused(messageId: failed.id, .notFailed), count: 2))
    }
  }

  @Test func aRetryHasAsManyAttemptsAsAMessageAndItsFailureHasAnother() throws {
    try withMailroom { room in
      let busy = SendOutcome.retryLater(SendReason("smtp-451"))
      room.post.answer(.failed(SendReason("smtp-550-5.1.1")), busy, busy, .sent)
      room.earn(10)
      try room.run()
      let first = try #require(try room.notifications().last)
      room.pass(seconds: 5)
      try retry(first, room)
      try retry(first, room)
      #expect(try answers(room) == Array(repeating: .retried(messageId: first.id), count: 2), "it is the same request")
      room.pass(seconds: 100)
      try room.run()
      let second = try #require(try room.notifications().last)
      #expect(second.outcome == .failed && second.attempts == 3 && second.occurredAt > first.occurredAt)
      try retry(first, room)
      #expect(try answers(room).last == .refused(messageId: first.id, .failedAgain))
      try retry(second, by: "bob", room)
      let last = try #require(try room.notifications().last)
      #expect(last.outcome == .sent && last.retries == 2 && last.retriedBy == "bob" && last.attempts == 4)
      #expect(room.post.sent.count == 4)
    }
  }

  @Test func whatWasSentOrIsUnknownOrWaitsIsNotSentAgain() throws {
    try withMailroom { room in
      room.earn(10)
      try room.run()
      let sent = try #require(try room.notifications().first)
      try retry(sent, room)
      var unknown = sent
      unknown.id = "n-0"
      try retry(unknown, room)
      room.post.answer(.channelRefused(SendReason("smtp-550"), isCertain: true))
      room.earn(10, cause: "held")
      try room.run()
      unknown.id = try #require(try explanation("M-1", room).waiting.first).messageId
      try retry(unknown, room)
      #expect(
        try answers(room).filter { if case .refused = $0 { true } else { false } } == [
          .refused(messageId: sent.id, .notFailed), .refused(messageId: "n-0", .unknownMessage),
          .refused(messageId: unknown.id, .stillWaiting),
        ])
      #expect(room.post.sent.count == 2)
    }
  }

  @Test func anErasedMembersFailureIsForgotten() throws {
    try withMailroom { room in
      room.post.answer(.failed(SendReason("smtp-550-5.1.1")))
      room.earn(10)
      try room.run()
      #expect(room.messageRows() == 1)
      room.erase()
      try room.run()
      #expect(room.messageRows() == 0)
    }
  }

  @Test func whyAMemberWouldBeToldNothingIsSaidByChannel() throws {
    try withMailroom { room in
      #expect(try explanation("nobody", room).routes.map(\.reason) == ["no-profile", "no-profile", "no-profile"])
      try room.join("M-2", email: false, sms: true, phone: "+842838123456")
      #expect(try explanation("M-2", room).routes.map(\.reason) == ["no-consent", "phone-not-mobile", "no-consent"])
      try room.join("M-3", email: true, sms: true)
      let both = try explanation("M-3", room)
      #expect(both.routes.map(\.reason) == [nil, nil, "no-consent"])
      #expect(both.routes.map(\.isChosen) == [true, false, false])
      #expect(
        both.waiting.isEmpty && both.pausedTemplates.isEmpty && !both.routes.contains { $0.isPaused || $0.isHeld })
      room.post.answer(.channelRefused(SendReason("smtp-550"), isCertain: true))
      room.earn(10)
      try room.run()
      let held = try explanation("M-1", room)
      #expect(held.routes.map(\.isHeld) == [true, false, false])
      #expect(held.waiting.map(\.template) == ["points-earned"] && held.waiting.map(\.attempts) == [0])
    }
  }
}
