import Notifier
import Testing

@Suite(.timeLimit(.minutes(10))) struct ChannelBreakerTests {
  let unpaid = SendOutcome.channelRefused(SendReason("gateway-402"), isCertain: true)
  let policy = SendOutcome.channelRefused(SendReason("smtp-550-5.7.1"), isCertain: false)

  /// A breaker to be asked within an expectation.
  final class Channel {
    private var breaker: ChannelBreaker

    init(firstPauseMs: Int64 = 1_000, pauseMsMax: Int64 = 5_000) {
      breaker = ChannelBreaker(firstPauseMs: firstPauseMs, pauseMsMax: pauseMsMax)
    }

    var isOpen: Bool { breaker.isOpen }
    var isTrying: Bool { breaker.isTrying }
    func take(_ outcome: SendOutcome, of key: MessageKey) -> ChannelBreaker.Verdict { breaker.take(outcome, of: key) }
    func room(for wanted: Int, nowMs: Int64) -> Int { breaker.room(for: wanted, nowMs: nowMs) }
    func heldUntilMs(nowMs: Int64) -> Int64? { breaker.heldUntilMs(nowMs: nowMs) }
    func wasNotTried() { breaker.wasNotTried() }
  }

  func key(_ id: String) -> MessageKey { MessageKey(memberId: "M-1", id: id) }

  @Test func pausesGrowToTheirLimitAndBeginAnewWhenAMessageIsSent() {
    let breaker = Channel()
    #expect(breaker.take(unpaid, of: key("a")).holds)
    var nowMs: Int64 = 50_000
    for pauseMs: Int64 in [1_000, 2_000, 4_000, 5_000, 5_000] {
      #expect(breaker.room(for: 8, nowMs: nowMs) == 0 && !breaker.isOpen)
      #expect(breaker.room(for: 8, nowMs: nowMs + pauseMs - 1) == 0)
      #expect(breaker.room(for: 8, nowMs: nowMs + pauseMs) == 1)
      #expect(breaker.room(for: 8, nowMs: nowMs + pauseMs) == 0, "one try at a time")
      #expect(!breaker.take(unpaid, of: key("a")).holds, "it was told once")
      nowMs += 100_000
    }
    #expect(breaker.room(for: 8, nowMs: nowMs) == 0 && breaker.room(for: 8, nowMs: nowMs + 5_000) == 1)
    #expect(breaker.take(.sent, of: key("b")).opens)
    #expect(breaker.room(for: 8, nowMs: nowMs) == 8)
    #expect(breaker.take(unpaid, of: key("a")).holds)
    #expect(breaker.heldUntilMs(nowMs: 0) == 1_000)
  }

  @Test func noPauseIsLongerThanTenMinutes() {
    let breaker = Channel(firstPauseMs: 400_000, pauseMsMax: 3_600_000)
    _ = breaker.take(unpaid, of: key("a"))
    _ = breaker.room(for: 1, nowMs: 0)
    #expect(breaker.room(for: 1, nowMs: 400_000) == 1)
    _ = breaker.take(unpaid, of: key("a"))
    #expect(breaker.heldUntilMs(nowMs: 0) == 600_000)
  }

  /// A refused address shows that the server takes the account again; a pause is the first only after a message was
  /// sent.
  @Test func anyOtherAnswerOpensTheChannel() {
    for outcome in [
      SendOutcome.failed(SendReason("smtp-550-5.1.1")), .retryLater(SendReason("smtp-451")),
      .unknown(SendReason("smtp-no-answer")),
    ] {
      let breaker = Channel()
      _ = breaker.take(unpaid, of: key("a"))
      #expect(!breaker.take(outcome, of: key("b")).opens, "it was on its way before")
      _ = breaker.room(for: 1, nowMs: 0)
      #expect(breaker.room(for: 1, nowMs: 1_000) == 1)
      #expect(breaker.take(outcome, of: key("c")) == .init(outcome, opens: true))
      #expect(breaker.isOpen)
    }
  }

  @Test func tryThatDidNotHappenIsLeftToTheNext() {
    let breaker = Channel()
    _ = breaker.take(unpaid, of: key("a"))
    _ = breaker.room(for: 1, nowMs: 0)
    #expect(breaker.room(for: 1, nowMs: 1_000) == 1 && breaker.isTrying)
    breaker.wasNotTried()
    #expect(breaker.room(for: 1, nowMs: 1_000) == 1)
    #expect(breaker.take(.notAttempted, of: key("b")) == .init(.notAttempted))
    #expect(breaker.room(for: 1, nowMs: 1_000) == 1)
  }

  @Test func clockThatWasPutBackHoldsNothingUp() {
    let breaker = Channel()
    _ = breaker.take(unpaid, of: key("a"))
    #expect(breaker.heldUntilMs(nowMs: 1_000_000) == 1_001_000)
    #expect(breaker.heldUntilMs(nowMs: 5) == 1_005)
  }

  @Test func policyHoldsTheChannelUnlessTheServerHasJustTakenAnother() {
    let breaker = Channel()
    #expect(breaker.take(policy, of: key("a")).holds, "the server has said yes to nothing yet")
    _ = breaker.take(.sent, of: key("b"))
    #expect(breaker.take(policy, of: key("c")) == .init(policy))
    #expect(breaker.isOpen && breaker.take(policy, of: key("d")).holds)
  }

  @Test func messageThatAloneIsRefusedFailsAtTheThirdTime() {
    let breaker = Channel()
    for time in 1...3 {
      for number in 0..<5 { #expect(breaker.take(.sent, of: key("\(time)-\(number)")).outcome == .sent) }
      let verdict = breaker.take(policy, of: key("spam"))
      #expect(verdict == .init(time < 3 ? policy : .failed(SendReason("smtp-550-5.7.1"))))
      #expect(breaker.isOpen)
    }
    // It is forgotten: should it come again, it is judged again.
    #expect(breaker.take(policy, of: key("spam")) == .init(policy))
  }

  @Test func refusalsWhileTheAccountIsRefusedTellNothingOfAMessage() {
    let breaker = Channel()
    _ = breaker.take(.sent, of: key("a"))
    var nowMs: Int64 = 0
    for _ in 0..<20 {
      #expect(breaker.take(policy, of: key("b")).outcome == policy)
      nowMs += 10_000
      _ = breaker.room(for: 1, nowMs: nowMs)
      _ = breaker.room(for: 1, nowMs: nowMs + 5_000)
    }
    #expect(!breaker.isOpen)
  }

  @Test func messageThatIsSentIsNoSuspectAnyMore() {
    let breaker = Channel()
    for _ in 0..<6 {
      _ = breaker.take(.sent, of: key("a"))
      #expect(breaker.take(policy, of: key("b")).outcome == policy)
      _ = breaker.take(.sent, of: key("b"))
    }
  }
}
