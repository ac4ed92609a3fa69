/// A purchase or an activity, whose award lies in a lot of its own.
protocol AwardHolder {
  var lotId: String { get }
  var occurredAt: Instant { get }
  var programVersion: Int { get }
  var pendingUntil: Instant? { get }
  var expiresAt: Instant? { get }
  /// Points of its lot that ran out unused.
  var expired: Points { get set }
}

extension PurchaseRecord: AwardHolder {}
extension ActivityRecord: AwardHolder {}

extension AwardHolder {
  /// The lot its award opens, or opens again.
  var emptyLot: Lot {
    Lot(
      id: lotId, earnedAt: occurredAt, pendingUntil: pendingUntil, expiresAt: expiresAt,
      programVersion: programVersion)
  }
}
