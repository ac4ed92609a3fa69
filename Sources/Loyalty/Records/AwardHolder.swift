/// A purchase or an activity, whose award lies in a lot of its own.
package protocol AwardHolder {
  /// The purchase's or the activity's own id.
  var causeId: String { get }
  var source: String { get }
  var lotId: String { get }
  var occurredAt: Instant { get }
  var programVersion: Int { get }
  var pendingUntil: Instant? { get }
  var expiresAt: Instant? { get }
  /// Late corrections included.
  var awards: [RuleAward] { get set }
  /// Points of its lot that ran out unused.
  var expired: Points { get set }
}

extension PurchaseRecord: AwardHolder {
  package var causeId: String { purchaseId }
}

extension ActivityRecord: AwardHolder {
  package var causeId: String { activityId }
}

extension AwardHolder {
  /// The lot its award opens, or opens again; `program` is the version that rated it.
  func emptyLot(under program: Program) -> Lot {
    Lot(
      id: lotId, earnedAt: occurredAt, pendingUntil: pendingUntil, expiresAt: expiresAt,
      latestExpiry: program.latestExpiry(earnedAt: occurredAt), programVersion: programVersion)
  }

  /// Gives up to `points` of what a rule's campaign owes it still, and says what the rule gave; nil: nothing is owed.
  mutating func payDeferred(_ points: Points, of rule: String) -> RuleAward? {
    guard let index = awards.firstIndex(where: { $0.rule == rule && $0.deferred > 0 }) else { return nil }
    let given = min(points, awards[index].deferred)
    guard given > 0 else { return nil }
    awards[index].points += given
    awards[index].deferred -= given
    return RuleAward(rule: rule, points: given, part: awards[index].part)
  }
}
