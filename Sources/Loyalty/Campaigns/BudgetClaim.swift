/// A partition asks the owner of a campaign's budget for points to award from.
package struct BudgetClaim: Equatable, Sendable {
  package var programId: String
  package var campaign: String
  /// Who asks, and where the answer goes.
  package var partition: Int32
  /// 1, 2, 3 … per partition and campaign; the next comes only after this one's answer.
  package var number: Int64
  /// What awards are waiting for; 0: nothing is, the partition asks ahead.
  package var points: Points
  /// When the last purchase occurred that wanted some: the budget is that of the version in force then.
  package var occurredAt: Instant

  package init(
    programId: String, campaign: String, partition: Int32, number: Int64, points: Points, occurredAt: Instant
  ) {
    self.programId = programId
    self.campaign = campaign
    self.partition = partition
    self.number = number
    self.points = points
    self.occurredAt = occurredAt
  }
}

/// The owner's answer: points that the partition may award from now on, and that the owner has taken off the budget.
package struct BudgetGrant: Equatable, Sendable {
  package var programId: String
  package var campaign: String
  package var partition: Int32
  /// That of the claim.
  package var number: Int64
  /// 0 or more; less than was claimed only when nothing is left.
  package var points: Points
  /// The part of them that is an allotment for awards to come.
  package var ahead: Points
  /// The budget as the owner knows it, and what is left of it to claim.
  package var budget: Points
  package var remaining: Points
  package var occurredAt: Instant

  package init(
    programId: String, campaign: String, partition: Int32, number: Int64, points: Points, ahead: Points,
    budget: Points, remaining: Points, occurredAt: Instant
  ) {
    self.programId = programId
    self.campaign = campaign
    self.partition = partition
    self.number = number
    self.points = points
    self.ahead = ahead
    self.budget = budget
    self.remaining = remaining
    self.occurredAt = occurredAt
  }
}
