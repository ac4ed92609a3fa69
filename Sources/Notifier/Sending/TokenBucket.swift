/// So many messages in a span of time, and no more at once than a second's worth. Exact whole numbers, and no clock:
/// instants are milliseconds of one that never goes back.
package struct TokenBucket: Equatable, Sendable {
  private let rate: Rate
  /// In parts of a message: one message is `rate.perMs` of them, and each millisecond brings `rate.count`.
  private var parts: Int64
  private var filledMs: Int64?

  /// Full at first.
  package init(_ rate: Rate) {
    self.rate = rate
    parts = Self.most(rate)
  }

  private static func most(_ rate: Rate) -> Int64 { max(1, rate.count * 1_000 / rate.perMs) * rate.perMs }

  /// With the begun part of a message, so that who looks seldom loses none of the rate.
  private var partsMax: Int64 { Self.most(rate) + rate.perMs - 1 }

  /// How many may go now.
  package mutating func available(nowMs: Int64) -> Int {
    fill(nowMs)
    return Int(max(0, parts / rate.perMs))
  }

  /// Takes what was available; more than that is owed.
  package mutating func take(_ count: Int) { parts -= Int64(count) * rate.perMs }

  package mutating func giveBack(_ count: Int) { parts = min(partsMax, parts + Int64(count) * rate.perMs) }

  /// Until the next one may go; 0: now.
  package mutating func waitMs(nowMs: Int64) -> Int64 {
    fill(nowMs)
    let missing = rate.perMs - parts
    return missing <= 0 ? 0 : (missing + rate.count - 1) / rate.count
  }

  /// From one message to the next, in the long run.
  package var spacingMs: Int64 { (rate.perMs + rate.count - 1) / rate.count }

  private mutating func fill(_ nowMs: Int64) {
    let passedMs = min(max(0, nowMs - (filledMs ?? nowMs)), partsMax)
    filledMs = nowMs
    parts = min(partsMax, parts + passedMs * rate.count)
  }
}

/// `14/s`, `100/m`, `5000/h`.
package struct Rate: Equatable, Sendable {
  package let count: Int64
  package let perMs: Int64

  package static let countMax: Int64 = 100_000

  package init?(_ text: String) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, let count = Int64(parts[0]), (1...Self.countMax).contains(count),
      let perMs = ["s": 1_000, "m": 60_000, "h": 3_600_000][String(parts[1])] as Int64?
    else { return nil }
    self.count = count
    self.perMs = perMs
  }
}
