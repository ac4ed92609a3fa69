/// That members may give points to each other, and how many.
package struct TransferPolicy: Equatable, Sendable {
  package var minimumPoints: Points
  /// What a member may send in a local day; nil: any number.
  package var pointsPerDay: Points?
  /// What a member may send in a local month; nil: any number.
  package var pointsPerMonth: Points?

  package init(minimumPoints: Points = 1, pointsPerDay: Points? = nil, pointsPerMonth: Points? = nil) {
    self.minimumPoints = minimumPoints
    self.pointsPerDay = pointsPerDay
    self.pointsPerMonth = pointsPerMonth
  }
}
