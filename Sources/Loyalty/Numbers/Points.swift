/// Whole loyalty points. Arithmetic that overflows stops the process: amounts are bounded where they enter.
package struct Points: Hashable, Comparable, Sendable, AdditiveArithmetic, ExpressibleByIntegerLiteral {
  package var value: Int64

  package init(_ value: Int64) {
    self.value = value
  }

  package init(integerLiteral value: Int64) {
    self.value = value
  }

  package static let zero = Points(0)

  /// What one rule may give to one purchase, or one command may move. It keeps sums over a member's life far from
  /// overflow.
  package static let largestMovement = Points(1_000_000_000_000)

  /// What an account may have been given, adjusted by or transferred in all: beyond it nothing more is given.
  package static let largestTotal = Points(100_000_000_000_000_000)
  /// What is read of a balance, a budget or any other sum: no sum of some of them overflows.
  package static let largestRead = Points(1_000_000_000_000_000_000)

  var isBeyondTotal: Bool { value > Points.largestTotal.value || value < -Points.largestTotal.value }

  /// The sum; at most ``largestRead`` to either side, so that whoever keeps it can read it again.
  package func addingBounded(_ other: Points) -> Points {
    let most = Points.largestRead.value
    return Points(min(most, max(-most, value.addingBounded(other.value))))
  }

  package static func < (left: Points, right: Points) -> Bool { left.value < right.value }
  package static func + (left: Points, right: Points) -> Points { Points(left.value + right.value) }
  package static func - (left: Points, right: Points) -> Points { Points(left.value - right.value) }
  package static prefix func - (points: Points) -> Points { Points(-points.value) }
}
