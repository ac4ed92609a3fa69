/// How fast messages may go by a channel, and to each recipient's domain: the operator's rates, and what servers ask
/// for. A value without a clock: instants are milliseconds of one that never goes back.
package struct ChannelPace: Sendable {
  private var bucket: TokenBucket?
  private var domains: [String: DomainLine]
  private var holds: DomainHolds
  /// A gateway asked for it (`Retry-After`).
  private var pausedUntilMs: Int64?

  /// Messages to a domain with a rate of its own.
  private struct DomainLine: Sendable {
    var bucket: TokenBucket
    /// When the last one that had to wait may go: the next stands behind it, so that a row moves once and not at each
    /// look.
    var lastMs: Int64 = 0
  }

  /// Whatever a gateway asks for, it is asked again after so long.
  package static let pauseMsMax: Int64 = 3_600_000

  package init(rate: Rate? = nil, domainRates: [String: Rate] = [:], holds: DomainHolds) {
    bucket = rate.map { TokenBucket($0) }
    domains = domainRates.mapValues { DomainLine(bucket: TokenBucket($0)) }
    self.holds = holds
  }

  package var domainsHeld: Int { holds.count }

  /// How many of `wanted` may be taken up now.
  package mutating func room(for wanted: Int, nowMs: Int64) -> Int {
    guard pauseMs(nowMs) == 0 else { return 0 }
    return min(wanted, bucket?.available(nowMs: nowMs) ?? wanted)
  }

  package mutating func take(_ count: Int) { bucket?.take(count) }

  package mutating func giveBack(_ count: Int) { bucket?.giveBack(count) }

  /// Until there is room; 0: there is.
  package mutating func waitMs(nowMs: Int64) -> Int64 {
    max(pauseMs(nowMs), bucket?.waitMs(nowMs: nowMs) ?? 0)
  }

  /// nil: a message to the domain may go. Else how long it waits, behind others that do.
  package mutating func waitMs(for domain: String, nowMs: Int64) -> Int64? {
    // First, for it takes something.
    if let lineMs = lineMs(domain, nowMs) { return lineMs }
    guard let holdMs = holds.waitMs(for: domain, nowMs: nowMs) else { return nil }
    domains[domain]?.bucket.giveBack(1)
    return holdMs
  }

  /// What became of a message.
  package mutating func heard(_ outcome: SendOutcome, of domain: String?, nowMs: Int64) {
    if case .retryLater(let reason) = outcome {
      if let retryAfterMs = reason.retryAfterMs {
        pausedUntilMs = max(pausedUntilMs ?? 0, nowMs + min(retryAfterMs, Self.pauseMsMax))
      }
      if reason.holdsDomain, let domain { return holds.hold(domain, nowMs: nowMs) }
    }
    guard let domain else { return }
    switch outcome {
    case .notAttempted, .channelRefused, .quotaReached: holds.wasNotTried(domain)
    case .sent, .sentAs, .failed, .suppressed, .retryLater, .unknown: holds.release(domain, nowMs: nowMs)
    }
  }

  private mutating func pauseMs(_ nowMs: Int64) -> Int64 {
    guard let untilMs = pausedUntilMs else { return 0 }
    if untilMs > nowMs { return untilMs - nowMs }
    pausedUntilMs = nil
    return 0
  }

  private mutating func lineMs(_ domain: String, _ nowMs: Int64) -> Int64? {
    guard var line = domains[domain] else { return nil }
    defer { domains[domain] = line }
    let waitMs = line.bucket.waitMs(nowMs: nowMs)
    guard waitMs > 0 else {
      line.bucket.take(1)
      return nil
    }
    line.lastMs = max(nowMs + waitMs, line.lastMs + line.bucket.spacingMs)
    return line.lastMs - nowMs
  }
}
