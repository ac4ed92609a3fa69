/// What one actor has had done by hand on one day, of all members and programmes together.
package struct ActorDay: Equatable, Sendable {
  /// Points adjusted, awards and deductions alike, or levels set.
  package private(set) var amount: Int64

  package init(amount: Int64 = 0) {
    self.amount = amount
  }

  /// Counts `more` where it fits under `most`; false: it does not, and nothing is counted.
  package mutating func take(_ more: Int64, atMost most: Int64) -> Bool {
    let sum = amount.addingBounded(more)
    guard more >= 0, sum <= most else { return false }
    amount = sum
    return true
  }
}
