/// What the owner of a campaign's budget knows: how much it has given out, and which claims it has answered. One
/// partition's task owns it, so that giving out is a sum that never exceeds the budget.
package struct CampaignBudget: Equatable, Sendable {
  /// All that was ever granted. It never falls: what was returned is not awarded again.
  package var granted: Points
  /// The last claim answered, per partition, ascending by partition.
  package var answered: [Answered]

  package struct Answered: Equatable, Sendable {
    package var partition: Int32
    package var number: Int64

    package init(partition: Int32, number: Int64) {
      self.partition = partition
      self.number = number
    }
  }

  package init(granted: Points = 0, answered: [Answered] = []) {
    self.granted = granted
    self.answered = answered
  }

  /// What partitions together may hold ahead of their awards, as a part of what remains: `1 ÷ aheadShare`.
  package static let aheadShare: Int64 = 8

  /// Grants what is claimed, or an even share of an eighth of what remains where that is more, but never more than
  /// remains. nil for a claim that was answered before.
  ///
  /// - Parameter budget: that of the programme's version in force when the claim occurred; 0 where it has no such
  ///   campaign.
  package mutating func answer(_ claim: BudgetClaim, budget: Points, partitionCount: Int) -> BudgetGrant? {
    guard note(claim) else { return nil }
    let remaining = max(0, budget - granted)
    let chunk = Points(remaining.value / (Self.aheadShare * Int64(partitionCount)))
    let points = min(remaining, max(claim.points, chunk))
    granted += points
    return BudgetGrant(
      programId: claim.programId, campaign: claim.campaign, partition: claim.partition, number: claim.number,
      points: points, ahead: max(0, points - claim.points), budget: budget, remaining: remaining - points,
      occurredAt: claim.occurredAt)
  }

  /// Whether the claim is a new one.
  private mutating func note(_ claim: BudgetClaim) -> Bool {
    let index = answered.firstIndex { $0.partition >= claim.partition } ?? answered.count
    guard index < answered.count, answered[index].partition == claim.partition else {
      answered.insert(Answered(partition: claim.partition, number: claim.number), at: index)
      return true
    }
    guard claim.number > answered[index].number else { return false }
    answered[index].number = claim.number
    return true
  }
}
