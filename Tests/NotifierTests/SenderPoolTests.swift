import Dispatch
import Foundation
import Loyalty
import Notifier
import ServiceKit
import Synchronization
import Testing
import Threads

@Suite(.timeLimit(.minutes(10))) struct SenderPoolTests {
  /// Answers by the phone number; `held` waits for a go.
  final class FakeSender: MessageSender {
    let board: Board
    init(_ board: Board) { self.board = board }

    func send(_ message: OutgoingMessage) throws -> SendOutcome {
      guard case .sms(let sms) = message else { return .failed(SendReason("not-an-sms")) }
      board.sent.withLock { $0.append(sms.notificationId) }
      switch sms.to {
      case "held":
        board.go.wait()
        return .sent
      case "unpaid": return .channelRefused(SendReason("gateway-402"), isCertain: true)
      case "broken": throw OSError(code: EACCES, doing: "reading certificates")
      default: return .sent
      }
    }

    func close() { board.closed.withLock { $0 += 1 } }
  }

  final class Board: Sendable {
    let sent = Mutex<[String]>([])
    let closed = Mutex(0)
    let go = DispatchSemaphore(value: 0)
  }

  let board = Board()
  let quiet = Log("test", to: LogOutput(level: .error, descriptor: open("/dev/null", O_WRONLY)))

  func withPool(threads: Int = 2, slots: Int = 8, _ body: (SenderPool) throws -> Void) throws {
    let pool = try SenderPool(
      .sms, threadCount: threads, slotsMax: slots, breaker: ChannelBreaker(firstPauseMs: 1_000, pauseMsMax: 4_000),
      log: quiet
    ) { FakeSender(board) }
    defer { #expect(throws: Never.self) { try pool.stop() } }
    try body(pool)
  }

  func key(_ id: String) -> MessageKey { MessageKey(memberId: "M-1", id: id) }

  func job(
    _ id: String, to: String = "ok", attempt: Int = 1, partition: Int32 = 0, of messageClass: MessageClass = .service
  ) -> SendJob {
    SendJob(
      key: key(id), attempt: attempt, partition: partition,
      message: .sms(SMSMessage(to: to, text: "hi", notificationId: id)), messageClass: messageClass)
  }

  /// Waits for a condition that other threads bring about.
  func wait(_ condition: () -> Bool) throws {
    let deadline = Date().addingTimeInterval(10)
    while !condition() {
      try #require(Date() < deadline, "waited too long")
      usleep(1_000)
    }
  }

  @Test func outcomesComeBackToTheirPartitionUntilAcknowledged() throws {
    try withPool { pool in
      let slots = pool.reserve(3, nowMs: 0)
      pool.submit([job("a"), job("b", partition: 7), job("c", to: "broken")], using: slots)
      try wait { pool.results(of: 0).count == 2 && pool.results(of: 7).count == 1 }
      #expect(pool.results(of: 7) == [SendResult(key: key("b"), attempt: 1, outcome: .sent)])
      #expect(pool.results(of: 7).count == 1, "not acknowledged")
      #expect(pool.holds(key("b"), of: 7) && !pool.holds(key("b"), of: 0))
      pool.acknowledge(pool.results(of: 7), of: 7)
      #expect(pool.results(of: 7).isEmpty && !pool.holds(key("b"), of: 7))
      let broken = try #require(pool.results(of: 0).first { $0.key.id == "c" })
      guard case .channelRefused(let reason, isCertain: true) = broken.outcome else {
        return #expect(Bool(false), "\(broken)")
      }
      #expect(reason.code == "channel-misconfigured")
    }
    #expect(board.closed.withLock { $0 } == 2)
  }

  @Test func fullPoolGivesNoSlotsAndTakesUpWhenOneHasEnded() throws {
    try withPool(threads: 1, slots: 2) { pool in
      pool.attend(0)
      let slots = pool.reserve(5, nowMs: 0)
      #expect(slots.count == 2)
      #expect(pool.reserve(1, nowMs: 0).count == 0)
      pool.submit([job("a", to: "held"), job("b", to: "held")], using: slots)
      #expect(slots.count == 0 && pool.reserve(1, nowMs: 0).count == 0)
      board.go.signal()
      try wait { pool.results(of: 0).count == 1 }
      pool.acknowledge(pool.results(of: 0), of: 0)
      #expect(pool.reserve(5, nowMs: 0).count == 1)
      board.go.signal()
      try wait { pool.isIdle }
    }
  }

  /// A slot is a message whose outcome is not committed, for that is what a kill leaves in doubt.
  @Test func messageKeepsItsSlotUntilItsOutcomeIsRecorded() throws {
    try withPool(slots: 2) { pool in
      pool.attend(0)
      pool.submit([job("a"), job("b")], using: pool.reserve(2, nowMs: 0))
      try wait { pool.isIdle }
      #expect(pool.reserve(2, nowMs: 0).count == 0 && inHand(pool) == 2)
      do {
        let slots = pool.reserve(2, releasing: 1, nowMs: 0)
        withExtendedLifetime(slots) {
          #expect(slots.count == 1 && inHand(pool) == 2, "the same commit records one of them")
        }
      }
      pool.acknowledge(Array(pool.results(of: 0).prefix(1)), of: 0)
      do { #expect(pool.reserve(2, nowMs: 0).count == 1) }
      pool.leave(0)
      #expect(pool.reserve(2, nowMs: 0).count == 2, "another worker looks after the partition")
    }
  }

  func inHand(_ pool: SenderPool) -> Int64? {
    pool.figures.first { $0.name == "stampede_messages_in_hand" }?.value
  }

  @Test func heldChannelSendsBackWhatWaitsAndTriesOneMessage() throws {
    try withPool(threads: 1) { pool in
      func held() -> Int64? { pool.figures.first { $0.name == "stampede_channel_held" }?.value }
      #expect(held() == 0)
      pool.submit([job("a", to: "unpaid"), job("b"), job("c")], using: pool.reserve(3, nowMs: 0))
      try wait { pool.isIdle }
      let outcomes = Dictionary(uniqueKeysWithValues: pool.results(of: 0).map { ($0.key.id, $0.outcome) })
      #expect(outcomes["b"] == .notAttempted && outcomes["c"] == .notAttempted)
      #expect(board.sent.withLock { $0 } == ["a"] && held() == 1)
      #expect(pool.reserve(5, nowMs: 10_000).count == 0, "the pause begins when room is first asked for")
      #expect(pool.view(of: 0, nowMs: 10_500).heldUntilMs == 11_000)
      #expect(pool.reserve(5, nowMs: 10_999).count == 0)
      do {
        let unused = pool.reserve(5, nowMs: 11_000)
        withExtendedLifetime(unused) {
          #expect(unused.count == 1 && pool.reserve(5, nowMs: 11_000).count == 0)
          #expect(!pool.view(of: 0, nowMs: 11_000).hasRoom)
        }
      }
      pool.submit([job("d", to: "unpaid")], using: pool.reserve(5, nowMs: 11_000))
      try wait { pool.isIdle }
      #expect(pool.reserve(5, nowMs: 11_000).count == 0)
      #expect(pool.reserve(5, nowMs: 12_999).count == 0, "the second pause is twice as long")
      let slots = pool.reserve(5, nowMs: 13_000)
      #expect(slots.count == 1)
      pool.submit([job("e")], using: slots)
      try wait { pool.isIdle }
      #expect(pool.reserve(5, nowMs: 13_000).count == 5 && held() == 0)
      #expect(pool.figures.first { $0.name == "stampede_channel_refusals_total" }?.value == 2)
    }
  }

  @Test func aThreadAndASlotAreKeptForSecurity() throws {
    try withPool(threads: 4, slots: 6) { pool in
      pool.attend(0)
      let slots = pool.reserve(9, for: .marketing, nowMs: 0)
      #expect(slots.count == 5)
      pool.submit((0..<5).map { job("s\($0)", to: "held") }, using: slots)
      try wait { board.sent.withLock { $0.count } == 3 }
      #expect(pool.reserve(9, nowMs: 0).count == 0)
      let view = pool.view(of: 0, nowMs: 0)
      #expect(!view.hasRoom && view.hasUrgentRoom)
      pool.submit([job("urgent", of: .security)], using: pool.reserve(9, for: .security, nowMs: 0))
      try wait { pool.results(of: 0).count == 1 }
      #expect(pool.results(of: 0).map(\.key.id) == ["urgent"] && board.sent.withLock { $0.count } == 4)
      for _ in 0..<5 { board.go.signal() }
      try wait { pool.isIdle }
      #expect(board.sent.withLock { $0.count } == 6)
    }
  }

  @Test func whatWaitsForASenderGoesByItsClass() throws {
    try withPool(threads: 1) { pool in
      pool.submit([job("first", to: "held")], using: pool.reserve(1, nowMs: 0))
      try wait { board.sent.withLock { $0.count } == 1 }
      pool.submit(
        [job("m", of: .marketing), job("s1"), job("s2"), job("u", of: .security)], using: pool.reserve(4, nowMs: 0))
      board.go.signal()
      try wait { pool.isIdle }
      #expect(board.sent.withLock { $0 } == ["first", "u", "s1", "s2", "m"])
    }
  }

  @Test func slotsOfAnAbortedCycleGoBack() throws {
    try withPool(slots: 3) { pool in
      do { #expect(pool.reserve(3, nowMs: 0).count == 3) }
      #expect(pool.reserve(3, nowMs: 0).count == 3)
    }
  }

  @Test func messageOnItsWayIsKnownWithoutAnOutcome() throws {
    try withPool { pool in
      pool.submit([job("a", to: "held")], using: pool.reserve(1, nowMs: 0))
      #expect(pool.holds(key("a"), of: 0) && pool.results(of: 0).isEmpty && !pool.isIdle)
      board.go.signal()
      try wait { pool.isIdle }
      #expect(pool.results(of: 0).count == 1)
    }
  }

  @Test func acknowledgingAnOldAttemptKeepsTheNewOne() throws {
    try withPool { pool in
      pool.submit([job("a")], using: pool.reserve(1, nowMs: 0))
      try wait { pool.isIdle }
      let old = pool.results(of: 0)
      pool.submit([job("a", to: "held", attempt: 2)], using: pool.reserve(1, nowMs: 0))
      pool.acknowledge(old, of: 0)
      #expect(pool.holds(key("a"), of: 0))
      board.go.signal()
      try wait { pool.results(of: 0).map(\.attempt) == [2] }
    }
  }

  @Test func stopLetsTheCurrentMessageEndAndGivesTheRestBack() throws {
    try withPool(threads: 1) { pool in
      let slots = pool.reserve(3, nowMs: 0)
      pool.submit([job("a", to: "held"), job("b"), job("c")], using: slots)
      try wait { board.sent.withLock { $0 } == ["a"] }
      let late = pool.reserve(1, nowMs: 0)
      pool.beginStopping()
      #expect(pool.reserve(1, nowMs: 0).count == 0)
      pool.submit([job("d")], using: late)
      board.go.signal()
      try pool.stop()
      let outcomes = Dictionary(uniqueKeysWithValues: pool.results(of: 0).map { ($0.key.id, $0.outcome) })
      #expect(outcomes == ["a": .sent, "b": .notAttempted, "c": .notAttempted, "d": .notAttempted])
      #expect(board.sent.withLock { $0 } == ["a"])
    }
  }

  @Test func withdrawnMessageDoesNotGoOutUnlessItHasLeft() throws {
    try withPool(threads: 1) { pool in
      pool.submit([job("a", to: "held"), job("b"), job("c")], using: pool.reserve(3, nowMs: 0))
      try wait { board.sent.withLock { $0 } == ["a"] }
      pool.withdraw([key("a"), key("b")], of: 0)
      #expect(pool.holds(key("a"), of: 0) && !pool.holds(key("b"), of: 0))
      board.go.signal()
      try wait { pool.isIdle }
      #expect(board.sent.withLock { $0 } == ["a", "c"])
    }
  }

  /// The member of the message that a held channel was to be tried with is erased before a sender has taken it up.
  @Test func channelIsTriedAgainWhenItsTryWasWithdrawn() throws {
    try withPool(threads: 2) { pool in
      pool.submit([job("a", to: "held")], using: pool.reserve(1, nowMs: 0))
      var spare: SendSlots? = pool.reserve(1, nowMs: 0)
      #expect(spare?.count == 1)
      pool.submit([job("b", to: "unpaid")], using: pool.reserve(1, nowMs: 0))
      try wait { pool.view(of: 0, nowMs: 0).heldUntilMs != nil }
      // Both senders are busy now, and the channel may be tried.
      pool.submit([job("c", to: "held")], using: pool.reserve(1, nowMs: 5_000))
      try wait { board.sent.withLock { $0.contains("c") } }
      spare = nil
      let retry = pool.reserve(1, nowMs: 5_000)
      #expect(spare == nil && retry.count == 1)
      pool.submit([job("d")], using: retry)
      #expect(pool.reserve(1, nowMs: 5_000).count == 0)
      pool.withdraw([key("d")], of: 0)
      #expect(pool.reserve(1, nowMs: 5_000).count == 1)
      for _ in 0..<2 { board.go.signal() }
      try wait { pool.isIdle }
      #expect(board.sent.withLock { !$0.contains("d") })
    }
  }

  @Test func poolIsSettledWhenThoseWhoAttendHaveTakenTheirOutcomes() throws {
    try withPool { pool in
      pool.attend(0)
      pool.attend(7)
      let slots = pool.reserve(2, nowMs: 0)
      #expect(!pool.isSettled, "someone is about to submit")
      pool.submit([job("a", to: "held"), job("b", partition: 7)], using: slots)
      let view = pool.view(of: 0, nowMs: 0)
      #expect(!view.hasOutcomes && view.isWaiting && view.hasRoom)
      board.go.signal()
      try wait { pool.isIdle }
      pool.acknowledge(pool.results(of: 0), of: 0)
      #expect(!pool.isSettled && pool.view(of: 7, nowMs: 0).hasOutcomes)
      pool.leave(7)
      #expect(pool.isSettled, "nobody waits for what is left")
    }
  }
}
