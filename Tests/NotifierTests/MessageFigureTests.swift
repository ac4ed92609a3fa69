import Contracts
import Foundation
import Notifier
import StreamRuntime
import Testing

/// What `/metrics` tells of messages, of committed cycles alone.
@Suite(.timeLimit(.minutes(10))) struct MessageFigureTests {
  func withMailroom(_ flags: [String] = [], _ body: (Mailroom) throws -> Void) throws {
    let mailroom = try Mailroom(Mailroom.channels + Mailroom.gateway + flags, clock: .wall)
    defer { mailroom.close() }
    try mailroom.join()
    try body(mailroom)
  }

  func series(_ name: String, _ room: Mailroom) -> [String] {
    room.driver.metrics.exposition().split(separator: "\n").filter { $0.hasPrefix(name + "{") }.map {
      String($0).replacing(name + "{service=\"notifier\",", with: "{")
    }
  }

  @Test func outcomesAreCountedByWhatBecameOfThem() throws {
    try withMailroom(["--send-attempts-max", "1"]) { room in
      room.post.answer(
        .sent, .failed(SendReason("smtp-550-5.1.1")), .failed(SendReason("smtp-550-5.9.9")),
        .failed(SendReason("a-provider-s-own-words")), .unknown(SendReason("smtp-no-answer")))
      for number in 0..<5 {
        room.earn(10, cause: "P-\(number)")
        try room.run()
      }
      room.earn(10, member: "M-9")
      room.reach("gold", since: "2017-01-01")
      try room.run()
      room.pass(seconds: 60)
      try room.run()
      let labels = "channel=\"email\",class=\"service\",template=\"points-earned\""
      #expect(
        series("stampede_messages_total", room) == [
          "{\(labels),outcome=\"failed\",code=\"other\"} 1", "{\(labels),outcome=\"failed\",code=\"smtp-550\"} 2",
          "{\(labels),outcome=\"maybe-sent\",code=\"smtp-no-answer\"} 1", "{\(labels),outcome=\"sent\",code=\"\"} 1",
          "{\(labels),outcome=\"suppressed\",code=\"no-profile\"} 1",
          "{channel=\"email\",class=\"service\",template=\"tier-reached\",outcome=\"suppressed\",code=\"stale\"} 1",
        ])
    }
  }

  @Test func whatACycleCountsThatIsDoneAgainCountsOnce() throws {
    try withMailroom { room in
      var failures = 2
      room.driver.io.onStep = { step in
        guard case .afterOffsets = step, failures > 0 else { return }
        failures -= 1
        throw StreamError(.abortTransaction, "the test said so")
      }
      // It has no profile, and is suppressed by the cycle that is done again.
      room.reach("gold", since: "2017-01-01")
      try room.run()
      #expect(failures == 0)
      #expect(series("stampede_messages_total", room).map { $0.hasSuffix("code=\"stale\"} 1") } == [true])
    }
  }

  @Test func timeFromTheBookingToTheYesFallsIntoItsBucket() throws {
    try withMailroom { room in
      room.post.answer(.retryLater(SendReason("smtp-451")), .sent)
      // Shopped long before it was booked.
      room.earn(10, at: "2017-03-01T00:00:00Z", bookedAt: Mailroom.now)
      try room.run()
      room.pass(seconds: 40)
      try room.run()
      let lane = "channel=\"email\",class=\"service\""
      let buckets = series("stampede_message_seconds_bucket", room)
      #expect(buckets.contains("{\(lane),le=\"30.0\"} 0") && buckets.contains("{\(lane),le=\"60.0\"} 1"))
      #expect(series("stampede_message_seconds_count", room) == ["{\(lane)} 1"])
      #expect(series("stampede_message_seconds_sum", room) == ["{\(lane)} 40.0"])
    }
  }

  @Test func theOldestThatWaitsIsKnownByItsAge() throws {
    try withMailroom { room in
      let age = "stampede_messages_oldest_waiting_seconds"
      #expect(room.figure(age, "email") == 0 && room.figure(age, "sms") == 0)
      room.post.answer(.channelRefused(SendReason("smtp-550"), isCertain: true))
      room.earn(10)
      try room.run()
      room.pass(seconds: 5)
      try room.run()
      room.earn(10, cause: "later", bookedAt: "2017-03-01T12:00:05Z")
      try room.run()
      #expect(room.figure(age, "email") == 5, "it was tried, and waits for the channel")
      room.pass(seconds: 60)
      try room.run()
      room.pass(seconds: 2)
      try room.run()
      #expect(room.figure(age, "email") == 0 && room.waiting("email") == 0)
    }
  }

  /// A reason that is documented has a series of its own.
  @Test func everyReasonThatThePageTellsIsCountedUnderItsName() throws {
    let page = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("docs/messages.md")
    let lines = try String(contentsOf: page, encoding: .utf8).split(separator: "\n")
    let rows = lines.drop { !$0.hasPrefix("| reason |") }.dropFirst(2).prefix { $0.hasPrefix("|") }
    let reasons = rows.flatMap { row in
      (row.split(separator: "|").first ?? "").matches(of: /`([a-z0-9-]+)`/).map { String($0.output.1) }
    }
    #expect(reasons.count >= 14)
    for reason in reasons { #expect(OutcomeCode.label(reason) == reason) }
  }

  @Test func labelsAreBounded() {
    #expect(OutcomeCode.label(nil).isEmpty)
    #expect(OutcomeCode.label("smtp-451-4.7.1") == "smtp-451" && OutcomeCode.label("smtp-451") == "smtp-451")
    #expect(
      OutcomeCode.label("smtp-lost-body") == "smtp-lost-body" && OutcomeCode.label("gateway-503") == "gateway-503")
    for odd in ["smtp-999-5.1.1", "smtp-5xx", "gateway-599", "gateway-503-x", "", "-", "smtp-lost-x"] {
      #expect(OutcomeCode.label(odd) == OutcomeCode.other, "\(odd)")
    }
    #expect(OutcomeCode.known.count < 100)
  }
}
