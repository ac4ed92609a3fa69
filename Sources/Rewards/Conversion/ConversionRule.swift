import Loyalty

/// A programme turns points into rewards by itself: for `every` points one.
package struct ConversionRule: Equatable, Sendable {
  package var every: Points
  package var reward: String
  /// A reward waits so many days for its purchase to be returned; 0: it is given at once.
  package var allocateAfterDays: Int
  /// So many rewards at most come of one purchase; nil: without limit.
  package var perTransaction: Int64?

  package init(every: Points, reward: String, allocateAfterDays: Int = 0, perTransaction: Int64? = nil) {
    precondition(every > 0, "a reward for \(every.value) points")
    self.every = every
    self.reward = reward
    self.allocateAfterDays = allocateAfterDays
    self.perTransaction = perTransaction
  }
}

/// Rewards of one purchase that may yet be taken back.
package struct PendingRewards: Equatable, Sendable {
  /// Of the purchase.
  package var id: String
  package var count: Int64
  /// All that the purchase cost the member in points. What lies above count × every came of a purchase beyond its
  /// limit, and is the first to go.
  package var cost: Points
  package var dueAt: Instant

  package init(id: String, count: Int64, cost: Points, dueAt: Instant) {
    self.id = id
    self.count = count
    self.cost = cost
    self.dueAt = dueAt
  }
}
