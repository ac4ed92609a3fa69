import Contracts
import Notifier
import TestValues
import Testing

@Suite(.timeLimit(.minutes(10))) struct ErasureTests {
  func withMailroom(_ flags: [String] = [], _ body: (Mailroom) throws -> Void) throws {
    let mailroom = try Mailroom(Mailroom.channels + flags)
    defer { mailroom.close() }
    try mailroom.join()
    try mailroom.join("M-10")
    try body(mailroom)
  }

  func reports(_ room: Mailroom) throws -> [PrivacyReport] {
    try room.driver.values(of: Topic.privacyReports.name) { try PrivacyReport(decoding: $0) }
  }

  @Test func rowsOfTheMemberGoAndNobodyElses() throws {
    try withMailroom { room in
      room.post.answer(.sent, .sent, .retryLater(SendReason("smtp-try-later")))
      room.earn(10, cause: "other", member: "M-10")
      room.earn(10, cause: "told")
      try room.run()
      room.earn(10, cause: "queued")
      try room.run()
      #expect(room.messageRows() == 3 && room.profileRows() == 2)
      room.erase()
      try room.run()
      #expect(room.messageRows() == 1 && room.profileRows() == 1)
      let report = try #require(try reports(room).first)
      #expect(report.rowsErased == 3 && report.service == .notifier && report.requestId == "E-1")
      room.pass(seconds: 100_000)
      try room.run()
      #expect(room.post.sent.count == 3, "the retry is called off")
      let kept = room.driver.outputs("notifier.messages.changelog").filter { $0.key?.hasPrefix("M-1\u{1F}") ?? false }
      #expect(Set(kept.map(\.key)).allSatisfy { key in kept.last { $0.key == key }?.value == nil })
    }
  }

  @Test func messageInFlightComesBackToNothing() throws {
    try withMailroom(["--sender-threads", "1"]) { room in
      room.post.hold()
      room.earn(10, cause: "leaving")
      room.earn(10, cause: "waiting")
      try room.run(until: { room.post.sent.count == 1 })
      room.erase()
      try room.driver.run()
      #expect(try reports(room).map(\.rowsErased) == [3])
      room.post.go.signal()
      try room.run()
      #expect(room.post.sent.count == 1, "what had not left is called back")
      #expect(try room.messageRows() == 0 && room.outcomes().isEmpty)
    }
  }

  @Test func newsAndProfilesStillUnderWayLeaveNoRow() throws {
    try withMailroom { room in
      room.earn(10, 20, only: [1])
      try room.run()
      room.erase()
      try room.run()
      room.earn(10, 20, only: [2])
      room.earn(10, 20, cause: "P-2")
      try room.run()
      room.reach("gold")
      try room.join()
      try room.run()
      room.pass(seconds: 5)
      try room.run()
      #expect(room.messageRows() == 0 && room.post.sent.isEmpty && room.profileRows() == 1)
      #expect(try room.outcomes().isEmpty)
      let counted = "stampede_records_rejected_total{service=\"notifier\",code=\"member-erased\"} 5\n"
      #expect(room.driver.metrics.exposition().contains(counted))
    }
  }

  @Test func newsOfANewLifeIsTold() throws {
    try withMailroom { room in
      room.erase()
      try room.run()
      try room.join(at: "2017-03-02")
      room.earn(10, at: "2017-03-02")
      try room.run()
      #expect(try room.outcomes() == ["points-earned email sent 1"])
    }
  }

  @Test func tasksForOthersAndUnknownMembersAreAnswered() throws {
    try withMailroom { room in
      let task = PrivacyTask(
        id: "E-2:erase", kind: .erase, requestId: "E-2", memberId: "M-1", services: [.pointsEngine],
        occurredAt: time(Mailroom.now))
      room.driver.publish(Topic.privacyTasks.name, key: "M-1", value: json { task.encode(to: &$0) })
      room.erase("nobody")
      room.driver.publish(Topic.members.name, key: "M-10", value: nil)
      try room.run()
      #expect(try reports(room).map(\.rowsErased) == [0])
      #expect(room.profileRows() == 1)
    }
  }
}
