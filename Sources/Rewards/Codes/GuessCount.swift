import Loyalty

/// Wrong codes of one source for one pool. After so many within a while nothing more is answered until it is over.
package struct GuessCount: Equatable, Sendable {
  package private(set) var since: Instant
  package private(set) var wrong: Int64 = 0

  package struct Limit: Equatable, Sendable {
    package var wrongMax: Int64
    package var windowMs: Int64

    package init(wrongMax: Int64, windowMs: Int64) {
      self.wrongMax = wrongMax
      self.windowMs = windowMs
    }
  }

  package init(since: Instant, wrong: Int64 = 0) {
    self.since = since
    self.wrong = wrong
  }

  /// Asked before a code is looked up.
  package func refusal(at now: Instant, under limit: Limit) -> VoucherRefusal? {
    let end = since.advanced(byMilliseconds: limit.windowMs)
    return wrong >= limit.wrongMax && now < end ? .throttled(until: end) : nil
  }

  package mutating func addWrong(at now: Instant, under limit: Limit) {
    if now >= since.advanced(byMilliseconds: limit.windowMs) { self = GuessCount(since: now) }
    wrong += 1
  }
}
