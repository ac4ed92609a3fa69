import Loyalty

/// What to do after an attempt: the rules of sending, without the sending.
///
///     queued ──▶ attempting ──▶ sent
///       ▲            │ ├──────▶ failed       refused for good, or `attemptsMax` tries
///       └── retry ◀──┘ └──────▶ maybe sent   nobody knows, and its class is not sent again
///
/// `attempting` is committed before the message goes out, the outcome after. A worker that finds `attempting` on start
/// does not know: it treats it as an attempt without an answer.
package struct DeliveryPolicy: Sendable {
  /// Attempts in all before a message is given up.
  package var attemptsMax: Int
  /// Before the second attempt; each later wait is twice as long, up to `delayMsMax`.
  package var firstDelayMs: Int64
  package var delayMsMax: Int64
  /// Of service messages: send again without an answer even where the channel does not de-duplicate, a rare double
  /// instead of a rare loss. The other classes do not ask (`MessageClass`).
  package var prefersDouble: Bool

  package init(
    attemptsMax: Int = 10, firstDelayMs: Int64 = 30_000, delayMsMax: Int64 = Instant.hourMs, prefersDouble: Bool = false
  ) {
    self.attemptsMax = attemptsMax
    self.firstDelayMs = firstDelayMs
    self.delayMsMax = delayMsMax
    self.prefersDouble = prefersDouble
  }

  package enum Next: Equatable, Sendable {
    case sent
    case failed(SendReason)
    case suppressed(SendReason)
    case maybeSent(SendReason)
    /// Queued again, due at `atMs`. `countsAsAttempt` is false when nothing was tried.
    case retry(atMs: Int64, countsAsAttempt: Bool)
  }

  /// `attempts` counts the one that ended just now. `deduplicates`: the channel sends one id once.
  package func next(
    after outcome: SendOutcome, id: String, of messageClass: MessageClass, attempts: Int, deduplicates: Bool,
    nowMs: Int64
  ) -> Next {
    switch outcome {
    case .sent, .sentAs: return .sent
    case .failed(let reason): return .failed(reason)
    case .suppressed(let reason): return .suppressed(reason)
    case .notAttempted: return .retry(atMs: nowMs, countsAsAttempt: false)
    // No earlier than others, for the channel may be held because of this one.
    case .channelRefused, .quotaReached: return retry(id, 1, nowMs, countsAsAttempt: false)
    case .retryLater(let reason):
      return attempts >= attemptsMax ? .failed(reason) : retry(id, attempts, nowMs)
    case .unknown(let reason):
      let mayDouble = messageClass.prefersDouble(prefersDouble)
      let mayRetry = (deduplicates || mayDouble) && attempts < attemptsMax
      return mayRetry ? retry(id, attempts, nowMs) : .maybeSent(reason)
    }
  }

  /// For a row found `attempting` when the worker starts.
  package static let interrupted = SendOutcome.unknown(
    SendReason("worker-interrupted", "the worker ended while the message was being sent"))

  private func retry(_ id: String, _ attempts: Int, _ nowMs: Int64, countsAsAttempt: Bool = true) -> Next {
    let doublings = min(attempts - 1, 30)
    let delayMs = min(delayMsMax, firstDelayMs << Int64(max(0, doublings)))
    // After an outage not all at once: up to a fifth longer, by the message's own id, so that a replay waits the same.
    let jitterMs = delayMs / 5 * Int64(Self.hash(id) % 1024) / 1024
    return .retry(atMs: nowMs + delayMs + jitterMs, countsAsAttempt: countsAsAttempt)
  }

  /// FNV-1a, 32 bits (draft-eastlake-fnv): Swift's own hash changes with every process.
  private static func hash(_ text: String) -> UInt32 {
    text.utf8.reduce(2_166_136_261) { ($0 ^ UInt32($1)) &* 16_777_619 }
  }
}
