/// Why the domain refused: stable codes, written as the `reason` of a refusal entry.
package enum RefusalCode: String, Sendable, CaseIterable {
  case insufficientPoints = "insufficient-points"
  case belowMinimum = "below-minimum"
  case programPaused = "program-paused"
  case unknownRedemption = "unknown-redemption"
  case alreadyCancelled = "already-cancelled"
  case actorAndReasonRequired = "actor-and-reason-required"
  /// The amount is 0, beyond `Points.largestMovement`, or more than is left of the redemption to cancel.
  case amountOutOfRange = "amount-out-of-range"
  /// A return waited `returns.waitDays` and its purchase did not come.
  case purchaseNotFound = "purchase-not-found"
  /// The purchase has had as many returns as are remembered of one, or too many wait for purchases of the member.
  case tooManyReturns = "too-many-returns"
  /// One of the returned lines was no part of the purchase; the entry says which.
  case lineNotFound = "line-not-found"
  case currencyMismatch = "currency-mismatch"
  /// A limit left nothing of what a rule gives; the entry says which.
  case limitReached = "limit-reached"
  /// No adjustment of that id waits for another person.
  case unknownProposal = "unknown-proposal"
  /// Whoever proposed an adjustment cannot approve it.
  case ownProposal = "own-proposal"
  /// Nobody approved the adjustment in time.
  case proposalExpired = "proposal-expired"
  /// Somebody declined the adjustment, or its own author withdrew it.
  case proposalDeclined = "proposal-declined"
  /// The adjustment has been booked before.
  case alreadyBooked = "already-booked"
  case accountFrozen = "account-frozen"
  case accountClosed = "account-closed"
  case alreadyFrozen = "already-frozen"
  case notFrozen = "not-frozen"
  /// The programme does not let members give points to each other.
  case transferNotAllowed = "transfer-not-allowed"
  /// More than the programme lets a member send in a day or month.
  case transferLimit = "transfer-limit"
  case sameMember = "same-member"
  /// The command's id stands for another one.
  case conflictingCommand = "conflicting-command"
  /// It occurred longer ago than ids are remembered: nobody knows whether it was taken.
  case commandTooOld = "command-too-old"
  /// The member asked to be forgotten.
  case memberErased = "member-erased"
}
