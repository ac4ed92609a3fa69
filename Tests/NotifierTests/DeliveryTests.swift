import Contracts
import Notifier
import StreamRuntime
import Testing

/// How messages survive what happens on the way.
@Suite(.timeLimit(.minutes(10))) struct DeliveryTests {
  let busy = SendOutcome.retryLater(SendReason("smtp-try-later"))
  let lost = SendOutcome.unknown(SendReason("smtp-no-answer"))

  func withMailroom(
    _ flags: [String] = [], clock: ClockMode = .stream, programmes: [String] = [Mailroom.programme],
    _ body: (Mailroom) throws -> Void
  ) throws {
    let mailroom = try Mailroom(Mailroom.channels + Mailroom.gateway + flags, clock: clock, programmes: programmes)
    defer { mailroom.close() }
    try mailroom.join()
    try mailroom.join("M-2", email: false, sms: true)
    try body(mailroom)
  }

  @Test(arguments: [ClockMode.wall, .stream]) func messageWaitsForItsRetryByTheMachinesClock(clock: ClockMode) throws {
    try withMailroom(clock: clock) { room in
      room.post.answer(busy, busy)
      room.earn(10)
      try room.run()
      #expect(room.post.sent.count == 1)
      try room.crash(losingDisk: true)
      try room.run()
      room.pass(seconds: 29)
      try room.run()
      #expect(try room.post.sent.count == 1 && room.outcomes().isEmpty)
      room.pass(seconds: 8)
      try room.run()
      #expect(room.post.sent.count == 2)
      room.pass(seconds: 73)
      try room.run()
      #expect(Set(room.post.mails.map(\.notificationId)).count == 1)
      #expect(try room.outcomes() == ["points-earned email sent 3"])
    }
  }

  @Test func aMailServerThatHangsHoldsUpNoSMS() throws {
    try withMailroom(["--sender-threads", "1", "--send-slots-max", "1"]) { room in
      room.post.hold()
      for number in 1...5 { room.earn(10, cause: "mail \(number)") }
      try room.run(until: { room.post.mails.count == 1 })
      for number in 1...3 { room.earn(10, cause: "text \(number)", member: "M-2") }
      // Its profile comes after its news, which waits with the mails until then.
      room.earn(10, cause: "text 4", member: "M-3")
      try room.join("M-3", email: false, sms: true)
      try room.run(until: { room.post.texts.count == 4 })
      #expect(room.post.mails.count == 1)
      #expect(room.waiting("email") == 5)
      room.post.go.signal()
      try room.run()
      while room.post.mails.count < 5 {
        room.pass(seconds: 1)
        try room.run()
      }
      #expect(room.waiting("email") == 0 && room.waiting("sms") == 0)
    }
  }

  @Test func messageIsGivenUpAfterTheLastAttemptAndStaysSo() throws {
    try withMailroom(["--send-attempts-max", "2"]) { room in
      room.post.answer(busy, busy)
      room.earn(10)
      try room.run()
      room.pass(seconds: 60)
      try room.run()
      room.earn(10)
      try room.run()
      #expect(try room.outcomes() == ["points-earned email failed smtp-try-later 2"])
    }
  }

  @Test func consentWithdrawnBeforeTheRetryStopsIt() throws {
    try withMailroom { room in
      room.post.answer(busy)
      room.earn(10)
      try room.run()
      try room.join(email: false)
      room.pass(seconds: 60)
      try room.run()
      #expect(room.post.sent.count == 1)
      #expect(try room.outcomes() == ["points-earned email suppressed no-consent 1"])
    }
  }

  @Test func lostAnswerIsMaybeSentOrTriedAgainWhereTheChannelTellsDoublesApart() throws {
    try withMailroom { room in
      room.post.answer(lost, lost)
      room.earn(10)
      room.earn(10, member: "M-2")
      try room.run()
      room.pass(seconds: 60)
      try room.run()
      #expect(
        try Set(room.outcomes()) == ["points-earned email maybe-sent smtp-no-answer 1", "points-earned sms sent 2"])
      #expect(Set(room.post.texts.map(\.notificationId)).count == 1)
    }
  }

  @Test func workerThatDiesWhileSendingLeavesAMaybe() throws {
    try withMailroom { room in
      room.post.hold(2)
      room.earn(10)
      room.earn(10, member: "M-2")
      try room.run(until: { room.post.sent.count == 2 })
      try room.crash()
      try room.run(until: { true })
      #expect(try room.outcomes().isEmpty, "the lease has not ended")
      room.pass(seconds: 31)
      try room.run(until: { true })
      #expect(try room.outcomes() == ["points-earned email maybe-sent worker-interrupted 1"])
      room.pass(seconds: 60)
      try room.run()
      #expect(
        try room.outcomes() == ["points-earned email maybe-sent worker-interrupted 1", "points-earned sms sent 2"])
      for _ in 0..<2 { room.post.go.signal() }
    }
  }

  @Test func attemptThatTakesLongerThanItsLeaseIsLeftToItsSender() throws {
    try withMailroom { room in
      room.post.hold()
      room.earn(10)
      try room.run(until: { room.post.sent.count == 1 })
      for _ in 0..<5 {
        room.pass(seconds: 31)
        try room.driver.run()
      }
      room.post.go.signal()
      try room.run()
      #expect(room.post.sent.count == 1)
      #expect(try room.outcomes() == ["points-earned email sent 1"])
    }
  }

  @Test func outcomeSurvivesAnAbortedCycle() throws {
    try withMailroom { room in
      room.post.hold()
      room.earn(10)
      try room.run(until: { room.post.sent.count == 1 })
      var failures = 2
      room.driver.io.onStep = { step in
        guard case .afterOffsets = step, failures > 0 else { return }
        failures -= 1
        throw StreamError(.abortTransaction, "the test said so")
      }
      room.post.go.signal()
      try room.run()
      #expect(failures == 0 && room.post.sent.count == 1)
      #expect(try room.outcomes() == ["points-earned email sent 1"])
    }
  }

  @Test func messageOfAnAbortedCycleIsNotSentByIt() throws {
    try withMailroom { room in
      try room.run()
      var failures = 3
      room.driver.io.onStep = { step in
        guard case .afterProduce = step, failures > 0 else { return }
        failures -= 1
        #expect(room.post.sent.isEmpty)
        throw StreamError(.abortTransaction, "the test said so")
      }
      room.earn(10)
      try room.run()
      #expect(failures == 0 && room.post.sent.count == 1)
    }
  }

  @Test(arguments: [ClockMode.wall, .stream]) func backlogWaitsInTheStoreAndAllOfItGoesOut(clock: ClockMode) throws {
    try withMailroom(["--send-slots-max", "3", "--sender-threads", "2"], clock: clock) { room in
      room.post.hold(2)
      for number in 0..<100 { room.earn(10, cause: "P-\(number)") }
      try room.run(until: { room.post.sent.count == 2 })
      #expect(room.messageRows() == 100, "the topics are read on while the senders are busy")
      for _ in 0..<2 { room.post.go.signal() }
      try room.run(until: { room.post.sent.count == 100 })
      try room.run()
      #expect(Set(room.post.mails.map(\.notificationId)).count == 100)
      #expect(try room.notifications().count == 100)
    }
  }

  @Test func stopCommitsWhatWasSentAndTheNextWorkerSendsTheRest() throws {
    try withMailroom(["--sender-threads", "1"]) { room in
      room.post.hold()
      for number in 0..<5 { room.earn(10, cause: "P-\(number)") }
      try room.run(until: { room.post.sent.count == 1 })
      room.pool.beginStopping()
      try room.driver.run()
      #expect(!room.pool.isSettled)
      room.post.go.signal()
      try room.run()
      #expect(try room.outcomes() == ["points-earned email sent 1"])
      try room.crash()
      try room.run(until: { room.post.sent.count == 5 })
      try room.run()
      #expect(try room.outcomes() == Array(repeating: "points-earned email sent 1", count: 5))
    }
  }

  /// Outcomes that no cycle has committed yet count: the next worker cannot know them.
  @Test func killLeavesNoMoreInDoubtThanThereAreSlots() throws {
    try withMailroom(["--send-slots-max", "3", "--sender-threads", "3"]) { room in
      for number in 0..<40 { room.earn(10, cause: "P-\(number)") }
      while room.post.sent.count < 20 { try room.driver.step() }
      try room.crash()
      try room.run(until: { room.waiting("email") ?? 9 <= 3 })
      room.pass(seconds: 31)
      try room.run(until: { room.waiting("email") == 0 })
      try room.run()
      let outcomes = try room.outcomes()
      let doubtful = outcomes.filter { $0 == "points-earned email maybe-sent worker-interrupted 1" }.count
      #expect(outcomes.count == 40 && doubtful <= 3)
      #expect(room.figure("stampede_messages_interrupted_total", "email") == doubtful)
      #expect(Set(room.post.mails.map(\.notificationId)).count == room.post.mails.count, "none is sent twice")
    }
  }

  @Test func newsOfAProgrammeThatIsNotKnownYetWaitsForIt() throws {
    try withMailroom(programmes: []) { room in
      room.earn(10)
      try room.run()
      #expect(try room.post.sent.isEmpty && room.outcomes().isEmpty)
      room.publish(Mailroom.programme)
      room.pass(seconds: 60)
      try room.run()
      #expect(try room.outcomes() == ["points-earned email sent 2"])
    }
  }

  @Test func messageIsForgottenAfterItsMemory() throws {
    try withMailroom(["--message-memory-days", "8"]) { room in
      room.earn(10)
      try room.run()
      room.pass(seconds: 8 * 86_400 - 1)
      try room.run()
      #expect(room.messageRows() == 1)
      room.pass(seconds: 1)
      try room.run()
      #expect(room.messageRows() == 0)
    }
  }
}
