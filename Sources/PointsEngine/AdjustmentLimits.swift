import Loyalty

/// How many points one person alone may give or take by hand. What is above waits for another person.
package struct AdjustmentLimits: Equatable, Sendable {
  /// Of one command; nil: no limit.
  package var pointsMax: Points?
  /// Of one actor in a day; nil: no limit.
  package var pointsDayMax: Points?
  /// How long what is above waits; milliseconds.
  package var proposalMs: Int64

  package init(pointsMax: Points? = nil, pointsDayMax: Points? = nil, proposalMs: Int64 = 7 * Instant.dayMs) {
    self.pointsMax = pointsMax
    self.pointsDayMax = pointsDayMax
    self.proposalMs = proposalMs
  }

  /// Whether one command asks for more than one person may give or take.
  func areExceeded(by points: Points) -> Bool {
    guard let pointsMax else { return false }
    return points > pointsMax || points < -pointsMax
  }
}
