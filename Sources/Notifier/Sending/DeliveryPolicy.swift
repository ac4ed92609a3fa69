import Loyalty

/// What to do after an attempt: the rules of sending, without the sending.
///
///     queued ──▶ attempting ──▶ sent
///       ▲            │ ├──────▶ failed       refused for good, its time is over, or `attemptsMax` tries
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

  /// `attempts` counts the one that ended just now. `deduplicates`: the channel sends one id once. From `validUntilMs`
  /// on the message is given up.
  package func next(
    after outcome: SendOutcome, id: String, of messageClass: MessageClass, attempts: Int, deduplicates: Bool,
    nowMs: Int64, validUntilMs: Int64? = nil
  ) -> Next {
    switch outcome {
    case .sent, .sentAs: return .sent
    case .failed(let reason): return .failed(reason)
    case .suppressed(let reason): return .suppressed(reason)
    case .notAttempted: return .retry(atMs: nowMs, countsAsAttempt: false)
    // No earlier than others, for the channel may be held because of this one.
    case .channelRefused, .quotaReached: return retry(id, 1, nowMs, countsAsAttempt: false)
    case .retryLater(let reason):
      guard attempts < attemptsMax else { return .failed(reason) }
      return again(id, attempts, nowMs, reason.retryAfterMs, before: validUntilMs) ?? .failed(reason)
    case .unknown(let reason):
      let mayDouble = messageClass.prefersDouble(prefersDouble)
      guard deduplicates || mayDouble, attempts < attemptsMax else { return .maybeSent(reason) }
      return again(id, attempts, nowMs, nil, before: validUntilMs) ?? .maybeSent(reason)
    }
  }

  /// For a row found `attempting` when the worker starts.
  package static let interrupted = SendOutcome.unknown(
    SendReason("worker-interrupted", "the worker ended while the message was being sent"))

  /// The next attempt, the last one shortly before the end; nil where there is none before it.
  private func again(
    _ id: String, _ attempts: Int, _ nowMs: Int64, _ retryAfterMs: Int64?, before validUntilMs: Int64?
  ) -> Next? {
    let earliestMs = nowMs + max(firstDelayMs, retryAfterMs ?? 0)
    guard case .retry(let backOffMs, _) = retry(id, attempts, nowMs) else { return nil }
    let atMs = max(backOffMs, earliestMs)
    guard let validUntilMs, atMs >= validUntilMs else { return .retry(atMs: atMs, countsAsAttempt: true) }
    let lastMs = validUntilMs - firstDelayMs
    return lastMs >= earliestMs ? .retry(atMs: lastMs, countsAsAttempt: true) : nil
  }

  private func retry(_ id: String, _ attempts: Int, _ nowMs: Int64, countsAsAttempt: Bool = true) -> Next {
    let doublings = min(attempts - 1, 30)
    let delayMs = min(delayMsMax, firstDelayMs << Int64(max(0, doublings)))
    // After an outage not all at once: up to a fifth longer, by the message's own id, so that a replay waits the same.
    return .retry(atMs: nowMs + delayMs + Self.spreadMs(delayMs, id), countsAsAttempt: countsAsAttempt)
  }

  /// Up to a fifth of a wait.
  package static func spreadMs(_ waitMs: Int64, _ id: String) -> Int64 {
    waitMs / 5 * Int64(hash(id) % 1024) / 1024
  }

  /// FNV-1a, 32 bits (draft-eastlake-fnv): Swift's own hash changes with every process.
  private static func hash(_ text: String) -> UInt32 {
    text.utf8.reduce(2_166_136_261) { ($0 ^ UInt32($1)) &* 16_777_619 }
  }
}
