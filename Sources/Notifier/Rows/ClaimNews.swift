import Contracts
import Loyalty

/// Which answers to claims are news to the member, and which of them are one and the same.
extension Announcement {
  /// nil where there is nothing to write about: nobody in whose name to write, or a claim that is only to wait.
  init?(_ status: ClaimStatus) {
    guard let programId = status.programId else { return nil }
    switch (status.cause, status.outcome) {
    case (.enrolment, .accepted): news = .claim(.foundByEnrolment)
    case (.claim, .accepted): news = .claim(.accepted(receipt: status.receipt))
    case (_, .refused(.tooManyOpenClaims)): return nil
    case (_, .refused(.claimsLocked)): news = .claim(.locked(until: status.lockedUntil))
    case (_, .refused(let refusal)):
      news = .claim(.refused(receipt: status.receipt, refusal, lockedUntil: status.lockedUntil))
    }
    self.programId = programId
    cause = status.id
    occurredAt = status.occurredAt
  }

  /// What one message tells once: mostly its cause. An enrolment may find hundreds of purchases, and whoever guesses
  /// receipts makes many claims: a message for each would be a nuisance, and cost as many SMS.
  var subject: String {
    switch news {
    case .claim(.foundByEnrolment): "enrolment"
    case .claim(.locked(let until)): "locked:\(until?.milliseconds ?? 0)"
    // Wrong ones are few before they lock; the others are not counted.
    case .claim(.refused(let receipt, let refusal, _)) where refusal != .receiptNotFound:
      "refused:\(refusal.rawValue):\(receipt)"
    case .notice(let notice): notice.subject(cause, occurredAt)
    case .pointsEarned, .pointsRedeemed, .pointsReceived, .pointsCameBack, .tierReached, .claim, .pointsGiven,
      .contactChanged, .pointsDigest:
      cause
    }
  }
}
