/// Whether a channel may be used: a server that refuses the account, or is not to be reached, is asked again after
/// growing pauses, with one message at a time, and costs no message an attempt.
///
///     open ──refused──▶ held ──pause is over──▶ trying (one message)
///       ▲                ▲                        │ │
///       │                └──── refused, longer ◀──┘ │
///       └────────────────────── an answer ◀─────────┘
///
/// A refusal that may be about one message alone holds the channel only if the server's last word was no yes to
/// another: a message that is refused `refusalsBelieved` times, each time just after others were taken, is itself what
/// is refused. A quota that is used up holds the channel until it ends, whatever the pauses. A value without a clock:
/// instants come from who asks for room, or with the outcome.
package struct ChannelBreaker: Sendable {
  private let firstPauseMs: Int64
  private let pauseMsMax: Int64

  private var state = State.open
  /// The next one; back to the first when a message is sent.
  private var pauseMs: Int64
  private var lastWordWasYes = false
  /// The end of a quota that is used up.
  private var quotaUntilMs: Int64?
  /// How often a message was refused when the server had just taken another.
  private var suspects: [MessageKey: Int] = [:]

  private enum State: Equatable {
    case open
    /// From when somebody asks for room.
    case held(sinceMs: Int64?)
    case trying
  }

  /// What follows from an outcome.
  package struct Verdict: Equatable, Sendable {
    /// The outcome to record.
    package var outcome: SendOutcome
    /// The channel is held from now on, and was open before.
    package var holds: Bool
    /// The channel is open from now on, and was held before.
    package var opens: Bool

    package init(_ outcome: SendOutcome, holds: Bool = false, opens: Bool = false) {
      self.outcome = outcome
      self.holds = holds
      self.opens = opens
    }
  }

  /// Whatever `pauseMsMax` says, a server is asked after so long.
  package static let longestPauseMs: Int64 = 600_000
  private static let refusalsBelieved = 3
  private static let suspectsMax = 1_000
  /// However a quota is said to end, the server is asked after a day and an hour.
  private static let longestQuotaMs: Int64 = 25 * 3_600_000

  package init(firstPauseMs: Int64, pauseMsMax: Int64) {
    self.firstPauseMs = firstPauseMs
    self.pauseMsMax = min(pauseMsMax, Self.longestPauseMs)
    pauseMs = firstPauseMs
  }

  package var isOpen: Bool { state == .open }
  package var isTrying: Bool { state == .trying }

  /// How many of `wanted` messages may be taken up. Where it answers 1 to a channel that was held, that one is the try;
  /// see `wasNotTried`.
  package mutating func room(for wanted: Int, nowMs: Int64) -> Int {
    switch state {
    case .open: return wanted
    case .trying: return 0
    case .held:
      guard wanted > 0, let untilMs = heldUntilMs(nowMs: nowMs), untilMs <= nowMs else { return 0 }
      state = .trying
      return 1
    }
  }

  /// When the channel may be tried; nil unless it is held.
  package mutating func heldUntilMs(nowMs: Int64) -> Int64? {
    guard case .held(let sinceMs) = state else { return nil }
    // A clock that was put back must not hold everything up.
    let startMs = min(sinceMs ?? nowMs, nowMs)
    state = .held(sinceMs: startMs)
    return quotaUntilMs.map { min($0, startMs + Self.longestQuotaMs) } ?? startMs + pauseMs
  }

  /// Whether a message that waits for a sender goes back instead: it was taken up before the channel was held.
  package var sendsBack: Bool { if case .held = state { true } else { false } }

  /// The room of the try was given back.
  package mutating func wasNotTried() {
    if state == .trying { state = .held(sinceMs: .min / 2) }
  }

  package mutating func take(_ outcome: SendOutcome, of key: MessageKey) -> Verdict {
    switch outcome {
    case .sent, .sentAs:
      suspects[key] = nil
      lastWordWasYes = true
      pauseMs = firstPauseMs
      return Verdict(outcome, opens: open())
    case .failed, .suppressed, .retryLater, .unknown:
      // It came as far as this message.
      return Verdict(outcome, opens: state == .trying ? open() : false)
    case .notAttempted:
      wasNotTried()
      return Verdict(outcome)
    case .channelRefused(let reason, let isCertain):
      if !isCertain, lastWordWasYes { return suspect(key, reason) }
      lastWordWasYes = false
      // It is another thing that holds the channel now.
      let waitedForQuota = quotaUntilMs.take() != nil
      return Verdict(outcome, holds: hold() || waitedForQuota)
    case .quotaReached(_, let untilMs): return Verdict(outcome, holds: hold(untilMs: untilMs))
    }
  }

  private mutating func hold(untilMs: Int64) -> Bool {
    // Where the account is refused meanwhile, that is what is to be mended.
    if case .held = state, quotaUntilMs == nil { return false }
    defer { state = .held(sinceMs: nil) }
    quotaUntilMs = max(untilMs, quotaUntilMs ?? untilMs)
    return state == .open
  }

  private mutating func suspect(_ key: MessageKey, _ reason: SendReason) -> Verdict {
    let refusals = (suspects[key] ?? 0) + 1
    guard refusals < Self.refusalsBelieved else {
      suspects[key] = nil
      return Verdict(.failed(reason))
    }
    if suspects.count < Self.suspectsMax || suspects[key] != nil { suspects[key] = refusals }
    lastWordWasYes = false
    return Verdict(.channelRefused(reason, isCertain: false))
  }

  private mutating func open() -> Bool {
    quotaUntilMs = nil
    defer { state = .open }
    return state != .open
  }

  private mutating func hold() -> Bool {
    switch state {
    case .open:
      state = .held(sinceMs: nil)
      return true
    case .trying:
      pauseMs = min(pauseMs * 2, max(pauseMsMax, firstPauseMs))
      state = .held(sinceMs: nil)
      return false
    // Of a message that was on its way already.
    case .held: return false
    }
  }
}
