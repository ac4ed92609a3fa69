/// Recipients' domains whose server asked for patience (421, 451, 454): their messages wait, and then one is tried,
/// while those to other domains go on. The pause doubles each time that is answered so again.
///
///     free ──asked for patience──▶ held ──pause is over──▶ trying (one message)
///       ▲                           ▲                       │ │
///       │                           └── asked again, longer ┘ │
///       └──────────────────── another answer ◀────────────────┘
///
/// A value without a clock: instants are milliseconds of one that never goes back.
package struct DomainHolds: Equatable, Sendable {
  private let firstPauseMs: Int64
  private let pauseMsMax: Int64
  private var holds: [String: Hold] = [:]

  private struct Hold: Equatable {
    var untilMs: Int64
    var pauseMs: Int64
    /// Since when one message is on its way to find out.
    var tryingSinceMs: Int64?
  }

  /// Held at once. A domain beyond that is not held: its messages wait each for itself.
  package static let domainsMax = 10_000
  /// A try that has not answered by then was none.
  private static let tryMs: Int64 = 900_000

  package init(firstPauseMs: Int64, pauseMsMax: Int64) {
    self.firstPauseMs = firstPauseMs
    self.pauseMsMax = max(firstPauseMs, pauseMsMax)
  }

  package var count: Int { holds.count }

  /// nil: a message to the domain may go, and where the domain was held it is the try. Else how long it waits.
  package mutating func waitMs(for domain: String, nowMs: Int64) -> Int64? {
    guard let hold = holds[domain] else { return nil }
    if nowMs < hold.untilMs { return hold.untilMs - nowMs }
    if let sinceMs = hold.tryingSinceMs, nowMs - sinceMs < Self.tryMs { return firstPauseMs }
    holds[domain]?.tryingSinceMs = nowMs
    return nil
  }

  /// The domain's server asked for patience.
  package mutating func hold(_ domain: String, nowMs: Int64) {
    guard let hold = holds[domain] else {
      if holds.count >= Self.domainsMax { holds = holds.filter { nowMs < $0.value.untilMs } }
      guard holds.count < Self.domainsMax else { return }
      holds[domain] = Hold(untilMs: nowMs + firstPauseMs, pauseMs: firstPauseMs)
      return
    }
    // Of messages that were on their way already.
    guard nowMs >= hold.untilMs else { return }
    let pauseMs = min(hold.pauseMs * 2, pauseMsMax)
    holds[domain] = Hold(untilMs: nowMs + pauseMs, pauseMs: pauseMs)
  }

  /// The server answered otherwise to a message for the domain.
  package mutating func release(_ domain: String, nowMs: Int64) {
    // Of a message that was on its way already.
    guard let hold = holds[domain], nowMs >= hold.untilMs else { return }
    holds[domain] = nil
  }

  /// The try was not made.
  package mutating func wasNotTried(_ domain: String) { holds[domain]?.tryingSinceMs = nil }
}
