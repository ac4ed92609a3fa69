import Notifier
import Testing

@Suite(.timeLimit(.minutes(10))) struct DeliveryPolicyTests {
  let policy = DeliveryPolicy(attemptsMax: 4, firstDelayMs: 1_000, delayMsMax: 3_000)
  let why = SendReason("smtp-try-later")

  func next(_ outcome: SendOutcome, attempts: Int = 1, deduplicates: Bool = false) -> DeliveryPolicy.Next {
    policy.next(after: outcome, id: "n-1", attempts: attempts, deduplicates: deduplicates, nowMs: 50_000)
  }

  @Test func sentAndRefusedAreFinal() {
    #expect(next(.sent) == .sent)
    #expect(next(.failed(why)) == .failed(why))
  }

  @Test func waitsDoubleUpToTheirLimitAndEndWithTheLastAttempt() {
    var waits: [Int64] = []
    for attempts in 1...3 {
      guard case .retry(let atMs, countsAsAttempt: true) = next(.retryLater(why), attempts: attempts) else {
        return #expect(Bool(false), "attempt \(attempts) is not retried")
      }
      waits.append(atMs - 50_000)
    }
    #expect(zip(waits, [1_000, 2_000, 3_000] as [Int64]).allSatisfy { ($1...($1 + $1 / 5)).contains($0) })
    #expect(next(.retryLater(why), attempts: 4) == .failed(why))
  }

  @Test func lostAnswerIsRetriedOnlyWhereThatCannotDoubleOrIsPreferred() {
    #expect(next(.unknown(why)) == .maybeSent(why))
    guard case .retry = next(.unknown(why), deduplicates: true) else { return #expect(Bool(false), "not retried") }
    #expect(next(.unknown(why), attempts: 4, deduplicates: true) == .maybeSent(why))
    var daring = policy
    daring.prefersDouble = true
    let again = daring.next(after: .unknown(why), id: "n", attempts: 1, deduplicates: false, nowMs: 0)
    guard case .retry = again else { return #expect(Bool(false), "not retried") }
  }

  @Test func attemptFoundOnStartCountsAsOneWithoutAnAnswer() {
    guard case .maybeSent(let reason) = next(DeliveryPolicy.interrupted) else {
      return #expect(Bool(false), "sent again")
    }
    #expect(reason.code == "worker-interrupted")
    guard case .retry = next(DeliveryPolicy.interrupted, deduplicates: true) else {
      return #expect(Bool(false), "not sent again")
    }
  }

  @Test func messageThatWasNotTriedIsQueuedAtOnceAndUncounted() {
    #expect(next(.notAttempted) == .retry(atMs: 50_000, countsAsAttempt: false))
  }

  @Test func messagesOfOneOutageComeBackSpreadOut() {
    let waits = Set(
      (0..<50).map { number in
        policy.next(after: .retryLater(why), id: "n-\(number)", attempts: 3, deduplicates: false, nowMs: 0)
      }.map { "\($0)" })
    #expect(waits.count > 25)
  }
}
