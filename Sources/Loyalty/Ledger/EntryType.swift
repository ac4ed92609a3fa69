/// What an entry of the ledger is about; ``traits`` is the table of what each type does.
package enum EntryType: String, Sendable, CaseIterable {
  case pointsEarned = "points.earned"
  /// A factor below 1 took off some of what a purchase earned.
  case pointsReduced = "points.reduced"
  case pointsReleased = "points.released"
  case pointsExpired = "points.expired"
  case pointsReversed = "points.reversed"
  case pointsRedeemed = "points.redeemed"
  case redemptionCancelled = "points.redemption-cancelled"
  case pointsAdjusted = "points.adjusted"
  /// An adjustment that waits for another person's approval; moves nothing.
  case adjustmentProposed = "points.adjustment-proposed"
  /// A tier change that became known late changed what a purchase earns.
  case pointsCorrected = "points.corrected"
  /// What was left when the member asked to be forgotten.
  case pointsForfeited = "points.forfeited"
  /// Given to another member; on their side received; or come back from one who cannot have them.
  case transferredOut = "points.transferred-out"
  case transferredIn = "points.transferred-in"
  case transferReturned = "points.transfer-returned"
  /// An account had too many lots: what the lot `cause` held lies in `lotId` now. Moves nothing between accounts.
  case lotsMerged = "lots.merged"
  /// Of the account as a whole; they move nothing.
  case memberFrozen = "member.frozen"
  case memberUnfrozen = "member.unfrozen"
  case memberClosed = "member.closed"
  case redemptionRefused = "points.redemption-refused"
  case redemptionCancelRefused = "points.redemption-cancel-refused"
  case adjustmentRefused = "points.adjustment-refused"
  /// Of a proposal, which stays as it is.
  case approvalRefused = "points.approval-refused"
  case declineRefused = "points.decline-refused"
  case transferRefused = "points.transfer-refused"
  /// A purchase at an account that was closed; or, with `rule` and `capped`, what a limit left nothing of.
  case earningRefused = "points.earning-refused"
  /// A freeze, unfreeze or close that cannot be.
  case standingRefused = "member.standing-refused"
  case returnRefused = "return.refused"
}
