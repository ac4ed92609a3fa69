import Contracts
import Loyalty
import Notifier
import StreamRuntime
import Testing

/// Several bookings in one message. The room begins at noon, in UTC.
@Suite(.timeLimit(.minutes(10))) struct GatheringTests {
  static let digest = Mailroom.programme.replacing(
    #""pending""#, with: #""messages":{"templates":{"points-earned":{"digest":"daily","at":"18:00"}}},"pending""#)
  static let club = Mailroom.programme.replacing(#""id":"journey""#, with: #""id":"club""#)
    .replacing("Journey Rewards", with: "Coffee Club")

  func withMailroom(_ programmes: [String], _ body: (Mailroom) throws -> Void) throws {
    let mailroom = try Mailroom(programmes: [])
    defer { mailroom.close() }
    for (key, programme) in zip(["journey:1", "club:1"], programmes) {
      mailroom.driver.publish(Topic.programs.name, key: key, value: programme)
    }
    try mailroom.join()
    try body(mailroom)
  }

  func hours(_ count: Int, _ room: Mailroom) throws {
    room.pass(seconds: Int64(count) * 3_600)
    try room.run()
  }

  // MARK: Of a day

  @Test func bookingsOfADayAreToldInOneMessage() throws {
    try withMailroom([Self.digest]) { room in
      for number in 0..<100 { room.earn(10, cause: "P-\(number)") }
      room.redeem(500)
      try room.run()
      #expect(room.post.mails.map(\.subject) == ["You used 500 points"], "it waits for nothing")
      #expect(room.driver.rows(of: "messages").count == 1)
      try room.crash(losingDisk: true)
      for number in 0..<100 { room.earn(10, cause: "P-\(number)") }
      try hours(5, room)
      #expect(room.post.mails.count == 1)
      room.earn(7, cause: "late")
      try room.run()
      try hours(1, room)
      let mail = try #require(room.post.mails.last)
      #expect(room.post.mails.count == 2 && mail.subject == "You earned 1,007 points today")
      #expect(mail.body.contains("Since the last summary you earned 1,007 points, in 101 bookings."))
      #expect(mail.body.contains("You now have 40 points ready to use."))
      let outcomes = try room.outcomes()
      #expect(outcomes.count { $0 == "points-earned email suppressed in-digest 0" } == 101)
      #expect(outcomes.count == 103 && outcomes.contains("points-digest email sent 1"))
    }
  }

  @Test func whatComesAfterTheDigestIsTheNextDays() throws {
    try withMailroom([Self.digest]) { room in
      room.earn(10)
      try room.run()
      try hours(6, room)
      room.earn(20, cause: "P-2")
      try room.run()
      #expect(room.post.mails.map(\.subject) == ["You earned 10 points today"])
      try hours(23, room)
      #expect(room.post.mails.count == 1)
      try hours(1, room)
      #expect(room.post.mails.map(\.subject) == ["You earned 10 points today", "You earned 20 points today"])
      #expect(Set(room.post.mails.map(\.notificationId)).count == 2)
    }
  }

  /// Its own row is on its way, so that it takes no more.
  @Test func digestThatIsTriedAgainTakesNoMore() throws {
    try withMailroom([Self.digest]) { room in
      room.post.answer(.retryLater(SendReason("smtp-try-later")))
      room.earn(10)
      try room.run()
      try hours(6, room)
      room.earn(20, cause: "P-2")
      try room.run()
      room.pass(seconds: 60)
      try room.run()
      #expect(room.post.mails.map(\.subject) == Array(repeating: "You earned 10 points today", count: 2))
      #expect(room.waiting("email") == 1)
    }
  }

  // MARK: Of one purchase

  @Test(arguments: [ClockMode.wall, .stream]) func purchaseInTwoProgrammesIsToldOnce(clock: ClockMode) throws {
    let room = try Mailroom(clock: clock, programmes: [Mailroom.programme])
    defer { room.close() }
    room.driver.publish(Topic.programs.name, key: "club:1", value: Self.club)
    try room.join()
    for _ in 0..<2 {
      room.earn(10)
      room.earn(3, program: "club")
      try room.run()
    }
    #expect(room.post.sent.isEmpty, "it waits a moment for the other")
    room.pass(seconds: 2)
    try room.run()
    let mail = try #require(room.post.mails.first)
    #expect(room.post.mails.count == 1 && mail.subject == "You earned 10 points")
    #expect(mail.body.contains("With the same purchase you also earned: Coffee Club +3."))
    let outcomes = try room.notifications()
    #expect(
      outcomes.map { "\($0.programId) \($0.outcome.rawValue) \($0.reason ?? "-")" }
        == ["club suppressed told-together", "journey sent -"])
    room.earn(3, program: "club")
    room.earn(10)
    try room.run()
    room.pass(seconds: 2)
    try room.run()
    #expect(room.post.mails.count == 1)
  }

  @Test func purchasesOfTheirOwnAreToldByThemselves() throws {
    try withMailroom([Mailroom.programme, Self.club]) { room in
      room.earn(10)
      room.earn(3, cause: "P-2", program: "club")
      try room.run()
      room.pass(seconds: 2)
      try room.run()
      room.earn(4, program: "club")
      try room.run()
      room.pass(seconds: 2)
      try room.run()
      #expect(
        try room.outcomes() == Array(repeating: "points-earned email sent 1", count: 3), "one that has left takes none")
    }
  }
}
