import Contracts
import Loyalty
import Notifier
import StreamRuntime
import Testing

/// What is done in a member's name is told to them, and to nobody else.
@Suite(.timeLimit(.minutes(10))) struct SecurityNewsTests {
  func withMailroom(programmes: [String] = [Mailroom.programme], _ body: (Mailroom) throws -> Void) throws {
    let mailroom = try Mailroom(programmes: programmes)
    defer { mailroom.close() }
    try body(mailroom)
  }

  @Test func memberWhoGivesPointsAwayIsToldInOneMessage() throws {
    try withMailroom { room in
      try room.join(agreesTo: nil)
      for _ in 0..<2 { room.receive(30, 12, cause: "T-9", type: .transferredOut) }
      try room.run()
      #expect(room.post.mails.map(\.subject) == ["You gave 42 points to another member"])
      #expect(!room.post.mails.contains { $0.body.contains("M-2") }, "not to whom")
      #expect(try room.outcomes() == ["points-given email sent 1"])
    }
  }

  @Test func redemptionIsToldToWhoAgreedToNothing() throws {
    try withMailroom { room in
      try room.join(agreesTo: nil)
      room.redeem(500)
      room.earn(10)
      try room.run()
      #expect(
        try Set(room.outcomes()) == ["points-redeemed email sent 1", "points-earned email suppressed no-consent 0"])
    }
  }

  @Test(arguments: [ClockMode.wall, .stream]) func changeOfTheEmailIsToldWhereItWasAndOnce(clock: ClockMode) throws {
    let room = try Mailroom(clock: clock)
    defer { room.close() }
    try room.join(address: "old@example.com", at: "2017-02-28", agreesTo: nil)
    for _ in 0..<2 {
      try room.join(address: "new@example.com", at: "2017-03-01", agreesTo: nil)
      try room.run()
    }
    let mail = try #require(room.post.mails.first)
    #expect(room.post.mails.count == 1 && mail.to.address == "old@example.com")
    #expect(mail.subject == "Your e-mail address was changed" && !mail.body.contains("new@"))
    try room.crash(losingDisk: true)
    // The same two profiles come again.
    try room.join(address: "old@example.com", at: "2017-02-28", agreesTo: nil)
    try room.join(address: "new@example.com", at: "2017-03-01", agreesTo: nil)
    try room.run()
    #expect(room.post.mails.filter { $0.to.address == "old@example.com" }.count == 1)
  }

  @Test func changeOfThePhoneIsToldByTheOldOne() throws {
    try withMailroom { room in
      try room.join(at: "2017-02-28")
      try room.join(phone: "+84907654321", at: "2017-03-01")
      try room.run()
      #expect(room.post.texts.map(\.to) == ["+84901234567"] && room.post.mails.isEmpty)
      #expect(try room.outcomes() == ["phone-changed sms sent 1"])
    }
  }

  @Test func retryGoesToTheOldAddressToo() throws {
    try withMailroom { room in
      room.post.answer(.retryLater(SendReason("smtp-try-later")))
      try room.join(address: "old@example.com", at: "2017-02-28")
      try room.join(address: "new@example.com", at: "2017-03-01")
      try room.run()
      room.pass(seconds: 60)
      try room.run()
      #expect(room.post.mails.map(\.to.address) == ["old@example.com", "old@example.com"])
    }
  }

  @Test func anotherSpellingAFirstContactAndAMergeAreNoChange() throws {
    try withMailroom { room in
      try room.join(address: "Lan@Example.com", at: "2017-02-28")
      try room.join(address: "lan@example.com", at: "2017-03-01")
      try room.run()
      #expect(try room.post.sent.isEmpty && room.outcomes().isEmpty)
    }
  }

  @Test func changeOfLongAgoIsNotTold() throws {
    let room = try Mailroom(clock: .wall)
    defer { room.close() }
    try room.join(address: "old@example.com", at: "2017-01-01")
    try room.join(address: "new@example.com", at: "2017-02-22T11:59:59.999Z")
    try room.run()
    #expect(try room.outcomes() == ["email-changed email suppressed stale 0"])
    try room.join(address: "newer@example.com", at: "2017-02-22T12:00:00Z")
    try room.run()
    #expect(room.post.mails.map(\.to.address) == ["new@example.com"])
  }

  @Test func withoutAProgrammeNobodyWrites() throws {
    try withMailroom(programmes: []) { room in
      try room.join(address: "old@example.com", at: "2017-02-28")
      try room.join(address: "new@example.com", at: "2017-03-01")
      try room.run()
      #expect(try room.post.sent.isEmpty && room.outcomes().isEmpty)
    }
  }

  @Test func erasureTakesTheOldAddressWithIt() throws {
    try withMailroom { room in
      room.post.answer(.retryLater(SendReason("smtp-try-later")))
      try room.join(address: "old@example.com", at: "2017-02-28")
      try room.join(address: "new@example.com", at: "2017-03-01")
      try room.run()
      #expect(room.messageRows() == 1)
      room.erase()
      try room.run()
      room.pass(seconds: 60)
      try room.run()
      #expect(room.messageRows() == 0 && room.post.sent.count == 1)
    }
  }
}
