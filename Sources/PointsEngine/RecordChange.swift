import Loyalty

/// A purchase that was booked before and is worth something else now.
struct RecordChange {
  var before: PurchaseRecord
  var after: PurchaseRecord
  /// When what changed it occurred, and its id.
  var occurredAt: Instant
  var cause: String
}
