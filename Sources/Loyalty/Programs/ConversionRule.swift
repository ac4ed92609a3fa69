/// A programme turns points that members earn into rewards by itself: for `every` points one.
package struct ConversionRule: Equatable, Sendable {
  package var every: Points
  package var reward: String
  /// A reward waits so many days for its purchase to be returned; 0: it is given at once.
  package var allocateAfterDays: Int
  /// So many rewards at most come of one purchase; what it earned beyond them goes with them. nil: without limit.
  package var perTransaction: Int64?
  /// What is earned from then on does not count; nil: without end.
  package var until: Instant?
  package var atEnd: End

  /// What becomes of rewards that wait when the rule ends.
  package enum End: String, Sendable, CaseIterable {
    case delete, issue
  }

  /// Pieces of one redemption: no more come of one purchase.
  package static let rewardsMax: Int64 = 1_000

  package init(
    every: Points, reward: String, allocateAfterDays: Int = 0, perTransaction: Int64? = nil, until: Instant? = nil,
    atEnd: End = .issue
  ) {
    precondition(every > 0, "a reward for \(every.value) points")
    self.every = every
    self.reward = reward
    self.allocateAfterDays = allocateAfterDays
    self.perTransaction = perTransaction
    self.until = until
    self.atEnd = atEnd
  }

  package func hasEnded(at instant: Instant) -> Bool { until.map { instant >= $0 } ?? false }
}
