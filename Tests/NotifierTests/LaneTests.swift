import Contracts
import Notifier
import StreamRuntime
import Testing

/// What goes first, and what nobody may take from it.
@Suite(.timeLimit(.minutes(10))) struct LaneTests {
  func withMailroom(_ flags: [String] = [], programme: String = Mailroom.programme, _ body: (Mailroom) throws -> Void)
    throws
  {
    let mailroom = try Mailroom(
      Mailroom.channels + Mailroom.gateway + ["--unsubscribe-url", "https://example.com/u"] + flags,
      programmes: [programme])
    defer { mailroom.close() }
    try mailroom.join()
    try body(mailroom)
  }

  static let marketingTiers = Mailroom.programme.replacing(
    #""pending""#, with: #""messages":{"templates":{"tier-reached":{"class":"marketing"}}},"pending""#)

  /// It takes the next slot that is free.
  @Test(arguments: [ClockMode.wall, .stream]) func redemptionPassesHundredsThatWait(clock: ClockMode) throws {
    let room = try Mailroom(Mailroom.channels + ["--sender-threads", "1", "--send-slots-max", "1"], clock: clock)
    defer { room.close() }
    try room.join()
    room.post.hold()
    for number in 0..<500 { room.earn(10, cause: "P-\(number)") }
    try room.run(until: { room.post.sent.count == 1 })
    room.redeem(500)
    try room.run(until: { room.driver.rows(of: "security-messages").count == 1 })
    #expect(room.waiting("email") == 501)
    room.post.go.signal()
    try room.run(until: { room.post.sent.count > 2 })
    #expect(room.post.mails.firstIndex { $0.subject == "You used 500 points" } == 1)
    try room.run(until: { room.waiting("email") == 0 })
    #expect(room.post.sent.count == 501)
  }

  /// All that others may take hangs at a slow server.
  @Test func aSlotAndAThreadAreKeptForSecurity() throws {
    try withMailroom(["--sender-threads", "4", "--send-slots-max", "8"]) { room in
      room.post.hold(3)
      for number in 0..<20 { room.earn(10, cause: "P-\(number)") }
      try room.run(until: { room.post.sent.count == 3 })
      room.redeem(500)
      room.pass(seconds: 1)
      try room.run(until: { room.post.sent.count == 4 })
      #expect(room.post.mails.last?.subject == "You used 500 points")
      for _ in 0..<3 { room.post.go.signal() }
      try room.run(until: { room.waiting("email") == 0 })
      #expect(room.post.sent.count == 21)
    }
  }

  @Test func marketingWaitsUntilServiceIsThrough() throws {
    try withMailroom(["--sender-threads", "1", "--send-slots-max", "1"], programme: Self.marketingTiers) { room in
      room.post.hold()
      room.earn(10, cause: "first")
      try room.run(until: { room.post.sent.count == 1 })
      try room.join("M-1", at: "2017-01-02", agreesTo: .marketing)
      room.reach("gold")
      try room.run(until: { room.driver.rows(of: "marketing-messages").count == 1 })
      try room.join("M-2")
      for number in 0..<5 { room.earn(10, cause: "P-\(number)", member: "M-2") }
      try room.run(until: { room.waiting("email") == 7 })
      room.post.go.signal()
      try room.run(until: { room.waiting("email") == 0 })
      #expect(room.post.mails.last?.subject == "[AD] Welcome to Gold" && room.post.sent.count == 7)
    }
  }

  // MARK: When its time is over

  let busy = SendOutcome.retryLater(SendReason("smtp-try-later"))

  @Test func securityMessageIsTriedForAnHour() throws {
    try withMailroom { room in
      room.post.answer(busy, busy, busy, busy, busy, busy, busy, busy, busy, busy)
      room.redeem(500)
      try room.run()
      for _ in 0..<118 {
        room.pass(seconds: 30)
        try room.run()
      }
      #expect(try room.outcomes().isEmpty && room.post.sent.count == 7)
      room.pass(seconds: 30)
      try room.run()
      #expect(try room.outcomes() == ["points-redeemed email failed smtp-try-later 8"])
    }
  }

  /// Its channel is held meanwhile, so that it is not even tried.
  @Test func messageWhoseTimeEndsAsItWaitsIsNotSent() throws {
    try withMailroom { room in
      room.post.answer(.channelRefused(SendReason("smtp-550"), isCertain: true))
      room.redeem(500)
      try room.run()
      room.earn(10)
      try room.run()
      room.pass(seconds: 3_600)
      try room.run()
      #expect(
        try Set(room.outcomes()) == ["points-redeemed email suppressed too-late 0", "points-earned email sent 1"])
    }
  }

  @Test func programmeSaysForHowLong() throws {
    let programme = Mailroom.programme.replacing(
      #""pending""#, with: #""messages":{"security":{"validHours":48},"service":{"validHours":1}},"pending""#)
    try withMailroom(programme: programme) { room in
      room.post.answer(.channelRefused(SendReason("smtp-550"), isCertain: true))
      room.redeem(500)
      try room.run()
      room.earn(10)
      try room.run()
      room.pass(seconds: 3_600)
      try room.run()
      #expect(
        try Set(room.outcomes()) == ["points-redeemed email sent 1", "points-earned email suppressed too-late 0"])
    }
  }

  // MARK: Rates

  @Test func channelGoesAtItsRate() throws {
    try withMailroom(["--email-rate", "2/s"]) { room in
      for number in 0..<9 { room.earn(10, cause: "P-\(number)") }
      try room.run()
      #expect(room.post.sent.count == 2)
      for second in 1...4 {
        room.pass(seconds: 1)
        try room.run()
        #expect(room.post.sent.count == min(9, 2 + 2 * second))
      }
      #expect(room.waiting("email") == 0)
    }
  }

  @Test func domainWithARateWaitsAndOthersGo() throws {
    try withMailroom(["--email-domain-rates", "slow.example=60/m"]) { room in
      try room.join("M-2", address: "bo@slow.example")
      for number in 0..<4 { room.earn(10, cause: "P-\(number)", member: "M-2") }
      room.earn(10)
      try room.run()
      #expect(room.post.mails.map(\.to.domain).sorted() == ["example.com", "slow.example"])
      for _ in 0..<10 {
        room.pass(seconds: 1)
        try room.run()
      }
      #expect(room.waiting("email") == 0 && room.post.sent.count == 5)
    }
  }

  @Test func domainThatAsksForPatienceHoldsUpNoOther() throws {
    try withMailroom(["--sender-threads", "1", "--send-slots-max", "1"]) { room in
      room.post.answer(.retryLater(SendReason("smtp-421", holdsDomain: true)))
      for number in 0..<3 {
        try room.join("S-\(number)", address: "s\(number)@slow.example")
        room.earn(10, cause: "P", member: "S-\(number)")
      }
      try room.run()
      for number in 0..<3 { room.earn(10, cause: "Q-\(number)") }
      try room.run()
      #expect(room.post.mails.map(\.to.domain) == ["slow.example", "example.com", "example.com", "example.com"])
      #expect(room.figure("stampede_domains_held", "email") == 1 && room.waiting("email") == 3)
      for _ in 0..<5 {
        room.pass(seconds: 30)
        try room.run()
      }
      #expect(room.waiting("email") == 0 && room.figure("stampede_domains_held", "email") == 0)
      #expect(
        try room.outcomes().sorted()
          == Array(repeating: "points-earned email sent 1", count: 5) + ["points-earned email sent 2"])
    }
  }
}
