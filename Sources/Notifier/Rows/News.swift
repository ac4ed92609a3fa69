import Contracts
import Loyalty

/// What there is to tell a member, as the event says it.
package enum News: Equatable, Sendable {
  case pointsEarned(EarnedPoints)
  case pointsRedeemed(points: Points, after: AccountAfter)
  /// From another member; it is not told from whom.
  case pointsReceived(points: Points, after: AccountAfter)
  /// Given to another member who cannot have them, and back.
  case pointsCameBack(points: Points, after: AccountAfter)
  case tierReached(level: String, heldUntil: Instant?)
  case claim(Claim)
  /// To another member.
  case pointsGiven(points: Points, after: AccountAfter)
  /// Told where the contact was.
  case contactChanged(Contact)
  /// What a day's bookings gave.
  case pointsDigest(DigestedPoints)
  case notice(Notice)

  package enum Contact: String, Sendable, CaseIterable { case email, phone }

  /// What became of a purchase that had found no member.
  package enum Claim: Equatable, Sendable {
    case accepted(receipt: String)
    /// `lockedUntil` where this claim was one wrong one too many.
    case refused(receipt: String, ClaimStatus.Refusal, lockedUntil: Instant?)
    case locked(until: Instant?)
    case foundByEnrolment
  }

  package var template: Template {
    switch self {
    case .pointsEarned: .pointsEarned
    case .pointsRedeemed: .pointsRedeemed
    case .pointsReceived: .pointsReceived
    case .pointsCameBack: .pointsCameBack
    case .tierReached: .tierReached
    case .claim(.accepted): .claimAccepted
    case .claim(.refused): .claimRefused
    case .claim(.locked): .claimsLocked
    case .claim(.foundByEnrolment): .purchasesFound
    case .pointsGiven: .pointsGiven
    case .contactChanged(.email): .emailChanged
    case .contactChanged(.phone): .phoneChanged
    case .pointsDigest: .pointsDigest
    case .notice(let notice): notice.template
    }
  }

  /// The level that it is about.
  var level: String? {
    switch self {
    case .tierReached(let level, _): level
    case .notice(let notice): notice.level
    default: nil
    }
  }
}

/// Which message it is: the name in `loyalty.notifications`.
package enum Template: String, Sendable, CaseIterable {
  case pointsEarned = "points-earned"
  case pointsRedeemed = "points-redeemed"
  case pointsReceived = "points-received"
  case pointsCameBack = "points-came-back"
  case tierReached = "tier-reached"
  case claimAccepted = "claim-accepted"
  case claimRefused = "claim-refused"
  case claimsLocked = "claims-locked"
  case purchasesFound = "purchases-found"
  case pointsGiven = "points-given"
  case emailChanged = "email-changed"
  case phoneChanged = "phone-changed"
  case pointsDigest = "points-digest"
  case pointsTakenBack = "points-taken-back"
  case pointsAdjusted = "points-adjusted"
  case pointsReleased = "points-released"
  case tierLost = "tier-lost"
  case tierKept = "tier-kept"
  case accountFrozen = "account-frozen"
  case accountUnfrozen = "account-unfrozen"
  case accountClosed = "account-closed"
  case welcome
  case pointsExpiring = "points-expiring"
  case tierEnding = "tier-ending"
}
