import Glibc

/// Patience with a cluster in motion: how long to pause before the next try, how long in all, and what is said of it:
/// once when the waiting begins, once when it is over.
///
///     all well ──meet──▶ waiting ──meet──▶ waiting … ──end──▶ all well
///                           └──the limit passes──▶ a fatal error
package struct Patience {
  private let limitMs: Int64
  private let nowMs: @Sendable () -> Int64
  private let log: StreamLog
  private var sinceMs: Int64?
  /// Since when nothing but missing topics is answered.
  private var missingSinceMs: Int64?
  private var resumeMs: Int64 = 0
  private var pauseMs = Self.firstPauseMs
  private var random: UInt64

  private static let firstPauseMs: Int64 = 100
  private static let pauseMsMax: Int64 = 2_000
  /// A broker that has just started knows no topics for a moment.
  package static let missingTopicMs: Int64 = 30_000
  private static let restSliceMs: Int64 = 50

  /// - Parameter limitMs: how long what passes is waited for. `seed` keeps the pauses of those who wait together apart.
  package init(limitMs: Int64, seed: Int, nowMs: @escaping @Sendable () -> Int64, log: @escaping StreamLog) {
    self.limitMs = limitMs
    self.nowMs = nowMs
    self.log = log
    random = UInt64(truncatingIfNeeded: nowMs()) ^ UInt64(truncatingIfNeeded: seed) << 32
  }

  /// A call was answered with `error`, which says that waiting may help. Throws a fatal error when it has not for too
  /// long.
  package mutating func meet(_ error: StreamError) throws {
    let now = nowMs()
    let since = sinceMs ?? now
    missingSinceMs = error.response == .waitForTopic ? missingSinceMs ?? now : nil
    if let missing = missingSinceMs, now - missing >= min(limitMs, Self.missingTopicMs) {
      throw StreamError(.fatal, error.description)
    }
    guard now - since < limitMs else {
      throw StreamError(.fatal, "waited \((now - since) / 1000) s for the cluster in vain: \(error)")
    }
    if sinceMs == nil {
      log(.warning, "waiting for the cluster", [("reason", error.description), ("limitMs", "\(limitMs)")])
    } else {
      log(.debug, "still waiting for the cluster", [("reason", error.description)])
    }
    sinceMs = since
    resumeMs = now + pauseMs / 2 + Int64(jitter() % UInt64(pauseMs / 2 + 1))
    pauseMs = min(2 * pauseMs, Self.pauseMsMax)
  }

  /// What was waited for has been answered.
  package mutating func end() {
    guard let since = sinceMs else { return }
    log(.info, "the cluster answers again", [("afterMs", "\(nowMs() - since)")])
    sinceMs = nil
    missingSinceMs = nil
    resumeMs = 0
    pauseMs = Self.firstPauseMs
  }

  /// What is left of the pause before the next try.
  package var pauseLeftMs: Int { sinceMs == nil ? 0 : Int(max(0, resumeMs - nowMs())) }

  /// Blocks for the pause: for those who have nothing else to look after.
  package func rest(until shouldStop: () -> Bool) {
    while pauseLeftMs > 0, !shouldStop() { usleep(UInt32(min(Int64(pauseLeftMs), Self.restSliceMs)) * 1_000) }
  }

  /// SplitMix64 (Steele, Lea and Flood, 2014).
  private mutating func jitter() -> UInt64 {
    random &+= 0x9E37_79B9_7F4A_7C15
    var mixed = random
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
