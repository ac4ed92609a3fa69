/// Points awarded together, by one purchase or command, that are released and expire together.
package struct Lot: Equatable, Sendable {
  /// `<source>:<purchaseId>` for a purchase's award.
  package var id: String
  package var pending: Points
  package var available: Points
  package var earnedAt: Instant
  /// nil: never was pending.
  package var pendingUntil: Instant?
  /// nil: never expires.
  package var expiresAt: Instant?

  package init(
    id: String, pending: Points = 0, available: Points = 0, earnedAt: Instant, pendingUntil: Instant? = nil,
    expiresAt: Instant? = nil
  ) {
    self.id = id
    self.pending = pending
    self.available = available
    self.earnedAt = earnedAt
    self.pendingUntil = pendingUntil
    self.expiresAt = expiresAt
  }

  package var isEmpty: Bool { pending == 0 && available == 0 }

  /// The order in which debits take lots: the sooner expiring first, among equals the older, never expiring last.
  package func isTakenBefore(_ other: Lot) -> Bool {
    let mine = expiresAt ?? .distantFuture
    let theirs = other.expiresAt ?? .distantFuture
    if mine != theirs { return mine < theirs }
    if earnedAt != other.earnedAt { return earnedAt < other.earnedAt }
    return id < other.id
  }
}
