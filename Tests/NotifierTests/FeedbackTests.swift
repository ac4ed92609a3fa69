import Contracts
import Loyalty
import MessageFeedback
import Notifier
import StreamRuntime
import TestValues
import Testing

/// What becomes of messages after they were handed over.
@Suite(.timeLimit(.minutes(10))) struct FeedbackTests {
  let lost = SendOutcome.unknown(SendReason("smtp-no-answer"))

  @Test func mailAndSMSAreMarked() throws {
    try FeedbackRoom.with(["--mail-provider", "sendgrid"]) { room in
      try room.join("M-2", email: false, sms: true)
      room.earn(10)
      room.earn(10, member: "M-2")
      try room.run()
      let mail = try #require(room.post.mails.first)
      let token = try #require(mail.feedback?.token)
      #expect(mail.feedback?.returnPath == "bounces+\(token)@example.com")
      #expect(FeedbackToken(token, under: FeedbackRoom.secret)?.notificationId == mail.notificationId)
      let text = String(decoding: try mail.encoded(), as: UTF8.self)
      #expect(text.contains("\r\nX-Stampede-Feedback: \(token)\r\n"))
      #expect(text.contains("\r\nX-SMTPAPI: {\"unique_args\":{\"stampede\":\"\(token)\"}}\r\n"))
      let sms = try #require(room.post.texts.first)
      let ofSMS = try #require(sms.token)
      #expect(FeedbackToken(ofSMS, under: FeedbackRoom.secret)?.notificationId == sms.notificationId)
    }
  }

  @Test func withoutASecretAllIsAsItWas() throws {
    let room = try Mailroom()
    defer { room.close() }
    try room.join()
    room.earn(10)
    try room.run()
    #expect(room.post.mails.map(\.feedback) == [nil])
    #expect(room.driver.rows(of: "tracked").isEmpty)
    let feedback = Feedback(
      .bounced, notificationId: try #require(room.post.mails.first).notificationId, partition: 0, bounce: .hard,
      source: "dsn", occurredAt: time(Mailroom.now))
    room.driver.publish(
      Topic.feedback.name, partition: 0, key: feedback.notificationId, value: json { feedback.encode(to: &$0) })
    try room.run()
    #expect(try room.outcomes() == ["points-earned email sent 1"] && room.suppressed().isEmpty)
  }

  /// The first report that says what became of a message is told, and no other one.
  @Test(arguments: [Feedback.Kind.delivered, .bounced, .complained]) func aMessageHasOneEnd(first: Feedback.Kind) throws
  {
    try FeedbackRoom.with { room in
      room.earn(10)
      try room.run()
      let kinds = [first] + [Feedback.Kind.bounced, .complained, .delivered, first].filter { $0 != first }
      for kind in kinds { try room.report(kind, kind == .bounced ? .refused : nil, code: "x") }
      for kind in kinds { try room.report(kind, kind == .bounced ? .refused : nil, code: "x") }
      let outcome = first.rawValue.dropFirst("message.".count)
      #expect(try room.outcomes() == ["points-earned email sent 1", "points-earned email \(outcome) x 1"])
      let told = try #require(try room.notifications().last)
      #expect(told.providerMessageId == "at-the-provider" && told.consentAsOf == time("2017-01-01"))
      let sent = try #require(try room.notifications().first)
      #expect((told.templateVersion, told.locale, told.cause) == (sent.templateVersion, sent.locale, sent.cause))
      let headers = room.driver.outputs(Topic.notifications.name).map { $0.headers["ce_id"] }
      #expect(headers == [told.id, "\(told.id):\(outcome)"])
      #expect(room.reports("repeated") == 3 && room.reports("late") == 2)
    }
  }

  @Test func reportThatIsFasterThanTheOutcomeWaitsForIt() throws {
    try FeedbackRoom.with { room in
      room.post.hold()
      room.earn(10)
      try room.run(until: { room.post.mails.count == 1 })
      let mail = try #require(room.post.mails.first)
      let token = try #require(FeedbackToken(mail.feedback?.token ?? "", under: FeedbackRoom.secret))
      let feedback = Feedback(
        .bounced, notificationId: token.notificationId, partition: 0, bounce: .hard, code: "5.1.1", source: "dsn",
        occurredAt: time(Mailroom.now))
      room.driver.publish(
        Topic.feedback.name, partition: 0, key: token.notificationId, value: json { feedback.encode(to: &$0) })
      try room.driver.run()
      #expect(try room.outcomes().isEmpty && room.suppressed() == ["bounced"])
      room.post.go.signal()
      try room.run()
      #expect(try room.outcomes() == ["points-earned email sent 1", "points-earned email bounced 5.1.1 1"])
    }
  }

  /// After a kill too, and a report that waited is not told of a message that was refused in the end.
  @Test func reportThatWaitsOutlivesAKill() throws {
    try FeedbackRoom.with(["--prefer-double"]) { room in
      room.post.answer(lost, .failed(SendReason("smtp-550-5.7.1")))
      room.earn(10)
      try room.run()
      try room.report(.delivered)
      try room.crash(losingDisk: true)
      room.pass(seconds: 60)
      try room.run()
      #expect(try room.outcomes() == ["points-earned email failed smtp-550-5.7.1 2"])
    }
    try FeedbackRoom.with { room in
      room.post.answer(lost)
      room.earn(10)
      try room.run()
      try room.crash(losingDisk: true)
      try room.report(.delivered)
      #expect(
        try room.outcomes() == ["points-earned email maybe-sent smtp-no-answer 1", "points-earned email delivered 1"])
    }
  }

  @Test func hardBounceSuppressesTheContactAtOnce() throws {
    try FeedbackRoom.with { room in
      room.earn(10)
      try room.run()
      try room.report(.bounced, .hard, code: "5.1.1")
      room.earn(10, cause: "P-2")
      try room.run()
      #expect(room.post.mails.count == 1)
      #expect(try room.outcomes().last == "points-earned email suppressed suppressed-bounced 0")
    }
  }

  /// The list knows no member: an erasure, another id and another partition change nothing.
  @Test func contactStaysSuppressedAfterErasureAndANewEnrolment() throws {
    try FeedbackRoom.with(partitionCount: 4) { room in
      room.earn(10)
      try room.run()
      try room.report(.bounced, .hard)
      room.erase()
      try room.run()
      #expect(room.messageRows() == 0 && (0..<4).allSatisfy { room.driver.rows(of: "tracked", partition: $0).isEmpty })
      for member in ["N-1", "N-2", "N-3", "N-4", "N-5", "N-6"] {
        try room.join(member, address: "M-1@EXAMPLE.com")
        room.earn(10, member: member)
      }
      try room.run()
      #expect(room.post.mails.count == 1)
      #expect(try room.outcomes().filter { $0.contains("suppressed-bounced") }.count == 6)
    }
  }

  @Test func softBouncesSuppressOnceTheyAreTooMany() throws {
    try FeedbackRoom.with(["--soft-bounce-days", "10"]) { room in
      for (number, days) in [0, 11, 5].enumerated() {
        room.pass(seconds: Int64(days) * 86_400)
        room.earn(10, cause: "P-\(number)")
        try room.run()
        #expect(try room.suppressed().isEmpty)
        try room.report(.bounced, .soft)
      }
      #expect(try room.suppressed() == ["soft-bounced"])
      room.earn(10, cause: "P-9")
      try room.run()
      #expect(try room.outcomes().last == "points-earned email suppressed suppressed-soft-bounced 0")
    }
  }

  /// A wish is stronger than what was found out, and stays what it is.
  @Test func complaintTakesThePlaceOfABounceOnTheList() throws {
    try FeedbackRoom.with { room in
      room.earn(10)
      try room.run()
      for kind in [Feedback.Kind.bounced, .complained, .optedOut] {
        try room.report(kind, kind == .bounced ? .hard : nil)
      }
      #expect(try room.suppressed() == ["bounced", "complained"])
    }
  }

  @Test func refusedMessageSaysNothingOfItsContact() throws {
    try FeedbackRoom.with { room in
      for number in 1...4 {
        room.earn(10, cause: "P-\(number)")
        try room.run()
        try room.report(.bounced, .refused)
      }
      #expect(try room.suppressed().isEmpty && room.post.mails.count == 4)
    }
  }

  @Test func addressThatTheServerRefusesAtOnceIsSuppressedToo() throws {
    try FeedbackRoom.with { room in
      room.post.answer(.failed(SendReason("smtp-550-5.1.1")))
      room.earn(10)
      try room.run()
      #expect(try room.suppressed() == ["bounced"])
      room.earn(10, cause: "P-2")
      try room.run()
      #expect(try room.outcomes().last == "points-earned email suppressed suppressed-bounced 0")
    }
  }

  @Test func reportsInTheWrongPlaceAreDeadLetters() throws {
    try FeedbackRoom.with(partitionCount: 2) { room in
      let id = "n-0123456789abcdef0123456789abcdef"
      let value = { (partition: Int32) in
        let feedback = Feedback(
          .delivered, notificationId: id, partition: partition, source: "dsn", occurredAt: time(Mailroom.now))
        return json { feedback.encode(to: &$0) }
      }
      room.driver.publish(Topic.feedback.name, partition: 1, key: id, value: value(0))
      room.driver.publish(Topic.feedback.name, partition: 1, key: "other", value: value(1))
      room.driver.publish(Topic.feedback.name, partition: 1, key: id, value: "{}")
      room.driver.publish(Topic.feedback.name, partition: 1, key: id, value: value(1))
      try room.run()
      let codes = room.driver.outputs(Topic.deadLetters(of: .notifier)).compactMap { $0.headers["dl_error"] }
      #expect(codes.sorted() == ["missing-field", "wrong-key", "wrong-partition"])
      #expect(room.reports("unknown") == 1)
    }
  }

  @Test func messagesAreForgottenInTheirTime() throws {
    try FeedbackRoom.with { room in
      room.earn(10)
      try room.run()
      #expect(room.driver.rows(of: "tracked").count == 1)
      room.pass(seconds: 31 * 86_400)
      try room.run()
      #expect(room.driver.rows(of: "tracked").isEmpty && room.messageRows() == 0)
      try room.report(.bounced, .hard)
      #expect(try room.suppressed().isEmpty && room.reports("unknown") == 1)
    }
  }
}
