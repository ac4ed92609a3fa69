/// How a command was answered: one row per member, programme and command id, so that the same id moves nothing twice.
package struct CommandRecord: Equatable, Sendable {
  package var id: String
  package var outcome: Outcome
  package var occurredAt: Instant

  package enum Outcome: Equatable, Sendable {
    /// The lots the points were taken from; `isCancelled` once they were given back.
    case redeemed(parts: [RedeemedPart], isCancelled: Bool)
    case redemptionCancelled
    case adjusted
    /// The lots the points were taken from; `isReturned` once the recipient has sent them back.
    case transferred(parts: [RedeemedPart], isReturned: Bool)
    /// Another member's transfer was booked in, or sent back.
    case transferAnswered
    case standingChanged
    case refused(code: RefusalCode)
  }

  package init(id: String, outcome: Outcome, occurredAt: Instant) {
    self.id = id
    self.outcome = outcome
    self.occurredAt = occurredAt
  }
}

package struct RedeemedPart: Equatable, Sendable {
  package var lotId: String
  package var points: Points
  package var earnedAt: Instant
  package var expiresAt: Instant?
  package var programVersion: Int

  package init(lotId: String, points: Points, earnedAt: Instant, expiresAt: Instant?, programVersion: Int) {
    self.lotId = lotId
    self.points = points
    self.earnedAt = earnedAt
    self.expiresAt = expiresAt
    self.programVersion = programVersion
  }
}

/// Why the domain refused: stable codes, written as the `reason` of a refusal entry.
package enum RefusalCode: String, Sendable, CaseIterable {
  case insufficientPoints = "insufficient-points"
  case belowMinimum = "below-minimum"
  case programPaused = "program-paused"
  case unknownRedemption = "unknown-redemption"
  case alreadyCancelled = "already-cancelled"
  case actorAndReasonRequired = "actor-and-reason-required"
  /// The amount is 0 or beyond `Points.largestMovement`.
  case amountOutOfRange = "amount-out-of-range"
  /// A return waited `returns.waitDays` and its purchase did not come.
  case purchaseNotFound = "purchase-not-found"
  /// None of the returned lines was part of the purchase.
  case lineNotFound = "line-not-found"
  case currencyMismatch = "currency-mismatch"
  /// A limit left nothing of what a rule gives; the entry says which.
  case limitReached = "limit-reached"
  case accountFrozen = "account-frozen"
  case accountClosed = "account-closed"
  case alreadyFrozen = "already-frozen"
  case notFrozen = "not-frozen"
  /// The programme does not let members give points to each other.
  case transferNotAllowed = "transfer-not-allowed"
  /// More than the programme lets a member send in a day or month.
  case transferLimit = "transfer-limit"
  case sameMember = "same-member"
  /// The member asked to be forgotten.
  case memberErased = "member-erased"
}
