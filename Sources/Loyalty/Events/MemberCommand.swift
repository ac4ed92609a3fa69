/// What an operator or a shop asks to be done to one member's account: the value of `loyalty.commands`.
package struct MemberCommand: Equatable, Sendable {
  package var id: String
  package var kind: Kind
  package var memberId: String
  /// nil: the member's programme, where only one is in force; for freeze, unfreeze and close every one in which the
  /// member has an account.
  package var programId: String?
  package var occurredAt: Instant
  package var source: String?
  package var actor: String?
  package var reason: String?

  package enum Kind: Equatable, Sendable {
    /// `reference` is what the points are spent on (`for`).
    case redeem(points: Points, reference: String?)
    /// `points` nil: all that is left of it.
    case cancelRedemption(redemptionId: String, points: Points? = nil)
    /// Positive: an award. Negative: a deduction. Actor and reason are required.
    case adjust(points: Points)
    /// The same, to be booked when another person has approved it.
    case propose(points: Points)
    /// What the command `proposalId` asked for is to be booked. An actor is required, another than the proposal's.
    case approve(proposalId: String)
    /// What the command `proposalId` asked for is not to be booked. An actor is required; its own author withdraws it.
    case decline(proposalId: String)
    /// Gives available points to the member `to`, who may live in another partition.
    case transfer(points: Points, to: String)
    /// Of the account as a whole. Actor and reason are required.
    case freeze
    case unfreeze
    case close
  }

  package init(
    id: String, kind: Kind, memberId: String, programId: String? = nil, occurredAt: Instant, source: String? = nil,
    actor: String? = nil, reason: String? = nil
  ) {
    self.id = id
    self.kind = kind
    self.memberId = memberId
    self.programId = programId
    self.occurredAt = occurredAt
    self.source = source
    self.actor = actor
    self.reason = reason
  }
}
