import Loyalty

/// Points that pay at the till: so many are worth so much. What is asked beyond a share of the basket is cut to it;
/// what the member does not have is refused, as everywhere.
package struct PointsAsMoney: Equatable, Sendable {
  /// Whole steps are spent: `points` for `minorUnits` off.
  package var points: Points
  package var minorUnits: Int64
  /// Of the basket, from 0 to 100; nil: all of it.
  package var percentMax: Int64?
  /// Fewer points are not taken.
  package var pointsMin: Points

  package enum Offer: Equatable, Sendable {
    case off(points: Points, minorUnits: Int64)
    case insufficientPoints(required: Points, available: Points)
    case belowMinimum(needed: Points, has: Points)
    case noEffect
  }

  package init(points: Points, minorUnits: Int64, percentMax: Int64? = nil, pointsMin: Points = 0) {
    self.points = points
    self.minorUnits = minorUnits
    self.percentMax = percentMax
    self.pointsMin = pointsMin
  }

  package func offer(_ wanted: Points, available: Points, basket: Int64) -> Offer {
    guard points > 0, minorUnits > 0 else { return .noEffect }
    if wanted < pointsMin { return .belowMinimum(needed: pointsMin, has: wanted) }
    if wanted > available { return .insufficientPoints(required: wanted, available: available) }
    let most = Int64(Int128(basket) * Int128(percentMax ?? 100) / 100)
    let steps = min(wanted.value / points.value, most / minorUnits)
    return steps > 0 ? .off(points: Points(steps * points.value), minorUnits: steps * minorUnits) : .noEffect
  }
}
