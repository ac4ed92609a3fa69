import Loyalty

/// A purchase or activity that was booked before and counts something else towards a tier now.
struct RecordChange {
  var difference: TierAmounts
  var earnedAt: Instant
  /// When what changed it occurred, and its id.
  var occurredAt: Instant
  var cause: String

  init(before: PurchaseRecord, after: PurchaseRecord, occurredAt: Instant, cause: String) {
    difference = after.tierAmounts - before.tierAmounts
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
