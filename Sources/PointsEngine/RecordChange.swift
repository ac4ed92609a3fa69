import Loyalty

/// A purchase or activity that was booked before and counts something else towards a tier now.
struct RecordChange {
  var difference: TierAmounts
  var earnedAt: Instant
  /// When what changed it occurred, and its id.
  var occurredAt: Instant
  var cause: String

  /// - Parameter program: the version that rated the purchase.
  init(before: PurchaseRecord, after: PurchaseRecord, under program: Program?, occurredAt: Instant, cause: String) {
    difference = after.tierAmounts(under: program) - before.tierAmounts(under: program)
    earnedAt = after.occurredAt
    self.occurredAt = occurredAt
    self.cause = cause
  }

  init(before: ActivityRecord, after: ActivityRecord) {
    let points = (after.granted - before.granted).value
    difference = TierAmounts(points: points, basePoints: points)
    earnedAt = after.occurredAt
    occurredAt = after.occurredAt
    cause = after.activityId
  }
}
