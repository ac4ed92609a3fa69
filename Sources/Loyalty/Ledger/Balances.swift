/// What a member holds: points still pending, and points to spend (negative while the member owes).
package struct Balances: Hashable, Sendable {
  package var pending: Points
  package var available: Points

  package init(pending: Points = 0, available: Points = 0) {
    self.pending = pending
    self.available = available
  }
}
