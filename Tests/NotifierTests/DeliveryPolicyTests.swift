import Loyalty
import Notifier
import Testing

@Suite(.timeLimit(.minutes(10))) struct DeliveryPolicyTests {
  let policy = DeliveryPolicy(attemptsMax: 4, firstDelayMs: 1_000, delayMsMax: 3_000)
  let why = SendReason("smtp-try-later")

  func next(_ outcome: SendOutcome, attempts: Int = 1, deduplicates: Bool = false) -> DeliveryPolicy.Next {
    policy.next(
      after: outcome, id: "n-1", of: .service, attempts: attempts, deduplicates: deduplicates, nowMs: 50_000)
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

  /// Rows: class, what the operator says of service messages, whether the channel tells doubles apart.
  @Test func unknownOutcomeIsDecidedByTheClass() {
    let rows: [(MessageClass, prefersDouble: Bool, deduplicates: Bool, isRetried: Bool)] = [
      (.security, false, false, true), (.security, true, false, true), (.security, false, true, true),
      (.service, false, false, false), (.service, true, false, true), (.service, false, true, true),
      (.marketing, false, false, false), (.marketing, true, false, false), (.marketing, true, true, true),
    ]
    for (messageClass, prefersDouble, deduplicates, isRetried) in rows {
      var policy = policy
      policy.prefersDouble = prefersDouble
      func next(attempts: Int) -> DeliveryPolicy.Next {
        policy.next(
          after: .unknown(why), id: "n", of: messageClass, attempts: attempts, deduplicates: deduplicates, nowMs: 0)
      }
      if isRetried {
        guard case .retry(_, countsAsAttempt: true) = next(attempts: 1) else {
          return #expect(Bool(false), "\(messageClass) is not retried")
        }
      } else {
        #expect(next(attempts: 1) == .maybeSent(why), "\(messageClass)")
      }
      #expect(next(attempts: 4) == .maybeSent(why), "\(messageClass) after the last attempt")
    }
  }

  @Test func whatIsDoneInAMembersNameIsSecurityAndStaysSo() {
    let security = Template.allCases.filter { $0.messageClass == .security }
    #expect(security == [.pointsRedeemed, .pointsGiven, .emailChanged, .phoneChanged])
    #expect(Template.allCases.allSatisfy { $0.messageClass != .marketing })
    var policy = MessagePolicy()
    for template in Template.allCases { policy.templates[template.rawValue] = .init(isMarketing: true) }
    for template in Template.allCases {
      #expect(template.messageClass(by: policy) == (template.messageClass == .security ? .security : .marketing))
      #expect(template.messageClass(by: MessagePolicy()) == template.messageClass)
    }
  }

  /// Before the end of its time there is a last attempt; after it none, whatever the count.
  @Test func messageIsGivenUpWhenItsTimeIsOver() {
    func next(attempts: Int, validUntilMs: Int64?, _ outcome: SendOutcome) -> DeliveryPolicy.Next {
      policy.next(
        after: outcome, id: "n-1", of: .security, attempts: attempts, deduplicates: false, nowMs: 50_000,
        validUntilMs: validUntilMs)
    }
    #expect(next(attempts: 3, validUntilMs: 52_500, .retryLater(why)) == .retry(atMs: 51_500, countsAsAttempt: true))
    #expect(next(attempts: 3, validUntilMs: 52_000, .retryLater(why)) == .retry(atMs: 51_000, countsAsAttempt: true))
    #expect(next(attempts: 3, validUntilMs: 51_999, .retryLater(why)) == .failed(why))
    #expect(next(attempts: 3, validUntilMs: 51_999, .unknown(why)) == .maybeSent(why))
    #expect(next(attempts: 4, validUntilMs: 999_999, .retryLater(why)) == .failed(why))
    guard case .retry(let atMs, _) = next(attempts: 3, validUntilMs: nil, .retryLater(why)) else {
      return #expect(Bool(false), "not retried")
    }
    #expect(atMs >= 53_000)
  }

  @Test func attemptWaitsAsLongAsTheOtherSideAsks() {
    let asked = SendReason("gateway-429", retryAfterMs: 20_000)
    #expect(next(.retryLater(asked)) == .retry(atMs: 70_000, countsAsAttempt: true))
    guard case .retry(let atMs, _) = next(.retryLater(SendReason("gateway-429", retryAfterMs: 10))) else {
      return #expect(Bool(false), "not retried")
    }
    #expect(atMs >= 51_000, "its own wait is longer")
  }

  @Test func refusalOfTheChannelSpendsNoAttemptHoweverOftenItComes() {
    for attempts in [1, 4, 5] {
      let refused = next(.channelRefused(why, isCertain: attempts == 1), attempts: attempts)
      guard case .retry(let atMs, countsAsAttempt: false) = refused else { return #expect(Bool(false), "\(refused)") }
      #expect((51_000...51_200).contains(atMs))
    }
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
        policy.next(
          after: .retryLater(why), id: "n-\(number)", of: .service, attempts: 3, deduplicates: false, nowMs: 0)
      }.map { "\($0)" })
    #expect(waits.count > 25)
  }
}
