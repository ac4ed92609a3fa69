import Contracts
import Loyalty
import MessageFeedback
import Notifier
import ServiceKit
import StreamRuntime
import TestValues
import Testing

/// The last question before a message goes out.
@Suite(.timeLimit(.minutes(10))) struct SuppressionListTests {
  @Test(arguments: ContactSuppression.Reason.allCases) func nothingIsSentToWhoIsOnTheList(
    reason: ContactSuppression.Reason
  ) throws {
    try FeedbackRoom.with { room in
      try room.suppress("M-1@Example.com", reason)
      room.earn(10)
      try room.run()
      #expect(try room.outcomes() == ["points-earned email suppressed suppressed-\(reason.rawValue) 0"])
      #expect(room.driver.metrics.exposition().contains("stampede_suppressed_contacts{service=\"notifier\"} 1\n"))
      try room.suppress("m-1@example.com", reason, isSuppressed: false)
      room.earn(10, cause: "P-2")
      try room.run()
      #expect(room.post.mails.count == 1)
    }
  }

  /// An address that is gone is no reason to say nothing; who does not want to hear is not told another way.
  @Test func smsGoesInPlaceOfABouncedAddressAndNotOfAComplaint() throws {
    for (reason, texts) in [(.bounced, 1), (.byHand, 1), (.complained, 0), (.optedOut, 0)]
      as [(ContactSuppression.Reason, Int)]
    {
      try FeedbackRoom.with { room in
        try room.join("M-2", sms: true)
        try room.suppress("m-2@example.com", reason)
        room.earn(10, member: "M-2")
        try room.run()
        #expect(room.post.texts.count == texts && room.post.mails.isEmpty, "\(reason)")
      }
    }
  }

  @Test func messageThatWaitsForItsRetryIsSuppressedToo() throws {
    try FeedbackRoom.with { room in
      room.post.answer(.retryLater(SendReason("smtp-451")))
      room.earn(10)
      try room.run()
      try room.suppress("m-1@example.com", .optedOut)
      room.pass(seconds: 60)
      try room.run()
      #expect(try room.outcomes() == ["points-earned email suppressed suppressed-opted-out 1"])
    }
  }

  /// A list that cannot be asked holds everything: with another secret nobody knows who is on it, and without one.
  @Test func entriesUnderAnotherSecretHoldEveryMessage() throws {
    let other = FeedbackSecret("the secret that was there before")
    for flags in [FeedbackRoom.flags, Mailroom.channels] {
      let room = try Mailroom(flags)
      defer { room.close() }
      try room.join()
      try room.suppress("nobody@example.com", under: other)
      room.earn(10)
      try room.run(until: { room.waiting("email") == 1 })
      room.pass(seconds: 5)
      try room.driver.run()
      #expect(try room.post.sent.isEmpty && room.outcomes().isEmpty && room.messageRows() == 1)
      #expect(room.driver.logged.filter { $0.hasPrefix("no message is sent") }.count == 1)
      #expect(room.driver.metrics.exposition().contains("stampede_suppressions_unusable{service=\"notifier\"} 1\n"))
      try room.suppress("nobody@example.com", isSuppressed: false, under: other)
      room.driver.publish(
        Topic.suppressions.name, partition: 0,
        key: ContactSuppression.key(other.id, other.digest(of: try #require(Contact("nobody@example.com")))), value: nil
      )
      room.pass(seconds: 5)
      try room.run(until: { room.post.sent.count == 1 })
    }
  }

  @Test func settingsThatNeedASecretSayIt() throws {
    let command = { (words: [String]) -> [String] in
      do {
        try Mailroom(Mailroom.channels + words).close()
        return []
      } catch {
        return (error as? ConfigurationError)?.problems.map(\.place) ?? ["\(error)"]
      }
    }
    #expect(command(["--return-path", "b@example.com"]) == ["--return-path"])
    #expect(command(["--mail-provider", "mailgun"]) == ["--mail-provider"])
    #expect(command(["--feedback-secret", "short"]) == ["--feedback-secret"])
    let secret = ["--feedback-secret", FeedbackRoom.secretText]
    #expect(command(secret + ["--return-path", "a-mailbox-too-long@example.com"]) == ["--return-path"])
    #expect(command(secret + ["--return-path", "bounces@example.com"]) == [])
  }
}
