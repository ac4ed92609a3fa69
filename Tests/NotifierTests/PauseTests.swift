import Contracts
import Loyalty
import Notifier
import StreamRuntime
import TestValues
import Testing

/// Channels and templates that an operator has paused: messages wait, none is lost, all else goes on.
@Suite(.timeLimit(.minutes(10))) struct PauseTests {
  func withMailroom(clock: ClockMode = .wall, _ body: (Mailroom) throws -> Void) throws {
    let mailroom = try Mailroom(clock: clock)
    defer { mailroom.close() }
    try mailroom.join()
    try mailroom.join("M-2", email: false, sms: true)
    try body(mailroom)
  }

  func say(_ subject: MessageControl.Subject, paused: Bool, _ room: Mailroom) {
    let control = MessageControl(
      subject: subject, isPaused: paused, actor: "ann", occurredAt: Instant(milliseconds: room.driver.wall.nowMs))
    room.driver.publish(Topic.messageControls.name, key: subject.key, value: json { control.encode(to: &$0) })
  }

  func paused(_ room: Mailroom) -> [String] {
    room.driver.metrics.exposition().split(separator: "\n").filter { $0.hasPrefix("stampede_messages_paused{") }.map {
      String($0).replacing("stampede_messages_paused{service=\"notifier\",subject=", with: "")
    }
  }

  @Test(arguments: [ClockMode.wall, .stream]) func aPausedChannelWaitsAndTheOtherGoesOn(clock: ClockMode) throws {
    try withMailroom(clock: clock) { room in
      say(.channel(.email), paused: true, room)
      for number in 0..<20 { room.earn(10, cause: "P-\(number)") }
      room.earn(10, member: "M-2")
      try room.run()
      room.pass(seconds: 3_600)
      try room.run()
      #expect(room.post.mails.isEmpty && room.post.texts.count == 1)
      #expect(room.waiting("email") == 20 && room.driver.metrics.isReady)
      #expect(paused(room) == ["\"channel:email\"} 1", "\"channel:push\"} 0", "\"channel:sms\"} 0"])
      try room.crash(losingDisk: true)
      try room.run()
      #expect(room.post.mails.isEmpty, "the next process knows before it sends anything")
      say(.channel(.email), paused: false, room)
      room.pass(seconds: 1)
      try room.run(until: { room.post.mails.count == 20 })
      try room.run()
      #expect(try room.outcomes().filter { $0 == "points-earned email sent 1" }.count == 20)
      #expect(paused(room) == ["\"channel:email\"} 0", "\"channel:push\"} 0", "\"channel:sms\"} 0"])
    }
  }

  @Test func aPausedTemplatesMessagesAreLookedAtMoreAndMoreSeldom() throws {
    try withMailroom { room in
      say(.template("points-earned"), paused: true, room)
      room.earn(10)
      room.redeem(5)
      try room.run()
      #expect(try room.outcomes() == ["points-redeemed email sent 1"])
      #expect(paused(room).contains("\"template:points-earned\"} 1"))
      let rows = { room.driver.outputs("notifier.messages.changelog").count }
      let before = rows()
      for _ in 0..<600 {
        room.pass(seconds: 1)
        try room.driver.step()
      }
      #expect((8...14).contains(rows() - before), "after 1, 2, 4 … 512 seconds: \(rows() - before)")
      say(.template("points-earned"), paused: false, room)
      room.pass(seconds: 600)
      try room.run()
      #expect(try room.outcomes() == ["points-redeemed email sent 1", "points-earned email sent 1"])
    }
  }

  @Test func anIdleNotifierTellsOfAPauseToo() throws {
    try withMailroom { room in
      say(.channel(.sms), paused: true, room)
      try room.run()
      #expect(paused(room) == ["\"channel:email\"} 0", "\"channel:push\"} 0", "\"channel:sms\"} 1"])
    }
  }

  @Test func whatFollowsNoContractPausesNothing() throws {
    try withMailroom { room in
      for (key, value) in [
        ("channel:email", "{}"), ("channel:fax", "{}"), ("template:points-earned", "no"),
        (
          "template:points-earned",
          #"{"type":"messages.paused","id":"channel:email","occurredAt":"2017-01-01T00:00:00Z","actor":"ann"}"#
        ),
      ] { room.driver.publish(Topic.messageControls.name, key: key, value: value) }
      room.earn(10)
      try room.run()
      #expect(try room.outcomes() == ["points-earned email sent 1"])
    }
  }

  /// `loyalty messages pause` takes these names.
  @Test func theContractListsTheTemplates() {
    #expect(Template.allCases.map(\.rawValue) == MessageControl.templates)
  }
}
