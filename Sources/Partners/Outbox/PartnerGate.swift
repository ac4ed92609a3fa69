import Loyalty

/// Whether a partner may be called now, by one instance: as many calls a window as it allows, and after word that
/// concerns every order (the account, a limit) one call at a time after pauses that double.
///
///     open ──account, limit──▶ held ──pause is over──▶ trying (one call)
///       ▲                       ▲                        │ │
///       │                       └──── again, longer ◀────┘ │
///       └───────────────────── any other answer ◀──────────┘
///
/// A value without a clock; it is not kept: a new process asks anew.
package struct PartnerGate: Equatable, Sendable {
  private let callsMax: Int
  private let windowMs: Int64
  private let firstPauseMs: Int64
  private let pauseMsMax: Int64
  private var state = State.open
  private var pauseMs: Int64
  private var windowFrom = Instant.distantPast
  private var calls = 0

  private enum State: Equatable {
    case open
    case held(until: Instant)
    /// Since when; a call whose outcome was lost with its process does not close the gate for good.
    case trying(since: Instant)
  }

  package enum Change: Equatable, Sendable {
    case none
    /// With the code that an operator is told.
    case held(code: String)
    case opened
  }

  /// - Parameter share: of how many instances this is one; together they keep the partner's limit.
  package init(_ terms: PartnerTerms, share: Int = 1, firstPauseMs: Int64 = 30_000, pauseMsMax: Int64 = 600_000) {
    callsMax = max(1, terms.callsMax / max(1, share))
    windowMs = terms.windowMs
    self.firstPauseMs = firstPauseMs
    self.pauseMsMax = pauseMsMax
    pauseMs = firstPauseMs
  }

  package var isHeld: Bool { state != .open }

  /// Whether a call may be made now. ``called(at:)`` follows where one is.
  package func mayCall(at now: Instant) -> Bool {
    switch state {
    case .trying(let since): now >= since.advanced(byMilliseconds: pauseMsMax) && hasRoom(at: now)
    case .held(let until): now >= until && hasRoom(at: now)
    case .open: hasRoom(at: now)
    }
  }

  /// When to look again, where no call may be made now.
  package func lookAgainAt(after now: Instant) -> Instant {
    let room = hasRoom(at: now) ? now : windowFrom.advanced(byMilliseconds: windowMs)
    switch state {
    case .open: return room
    case .held(let until): return .max(until, room)
    // What comes of the call that is out says more.
    case .trying: return .max(now.advanced(byMilliseconds: Self.tryingLookMs), room)
    }
  }

  private static let tryingLookMs: Int64 = 1_000

  package mutating func called(at now: Instant) {
    if now >= windowFrom.advanced(byMilliseconds: windowMs) {
      windowFrom = now
      calls = 0
    }
    calls += 1
    if isHeld { state = .trying(since: now) }
  }

  /// What was counted by ``called(at:)`` does not go out after all.
  package mutating func notCalled() {
    calls = max(0, calls - 1)
    if case .trying(let since) = state { state = .held(until: since) }
  }

  package mutating func take(_ verdict: IssueVerdict, at now: Instant) -> Change {
    switch verdict {
    case .account(let code), .limit(let code): hold(code, at: now)
    // Not to be reached is everybody's trouble too.
    case .later(let code) where code == PartnerCode.notSent: hold(code, at: now)
    default: open()
    }
  }

  package mutating func take(_ verdict: StatusVerdict, at now: Instant) -> Change {
    switch verdict {
    case .account(let code), .limit(let code): hold(code, at: now)
    case .unknown(let code) where code == PartnerCode.notSent: hold(code, at: now)
    default: open()
    }
  }

  private func hasRoom(at now: Instant) -> Bool {
    calls < callsMax || now >= windowFrom.advanced(byMilliseconds: windowMs)
  }

  private mutating func hold(_ code: String, at now: Instant) -> Change {
    // An answer to a call of before it was held says nothing more.
    if case .held = state { return .none }
    let wasOpen = state == .open
    state = .held(until: now.advanced(byMilliseconds: pauseMs))
    pauseMs = min(pauseMs * 2, pauseMsMax)
    return wasOpen ? .held(code: code) : .none
  }

  private mutating func open() -> Change {
    if case .held = state { return .none }
    let wasHeld = isHeld
    state = .open
    pauseMs = firstPauseMs
    return wasHeld ? .opened : .none
  }
}
