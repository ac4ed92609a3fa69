import Contracts
import Loyalty

/// Everything a message says, before it is put into words.
package struct MessageFacts: Equatable, Sendable {
  package var occasion: Occasion
  package var programName: String
  /// How the member is greeted; nil greets without a name.
  package var memberName: String?
  /// Days are told in the programme's time zone.
  package var calendar: ZoneCalendar

  package enum Occasion: Equatable, Sendable {
    /// `availableFrom` is nil when the points can be used already, `validUntil` when they do not expire.
    case pointsEarned(points: Points, balance: Points, availableFrom: Instant?, validUntil: Instant?)
    case pointsRedeemed(points: Points, balance: Points)
    /// From another member; it is not told from whom.
    case pointsReceived(points: Points, balance: Points)
    /// Given to another member who cannot have them, and back.
    case pointsCameBack(points: Points, balance: Points)
    /// `factor` is what purchases earn from now on; 1 is not worth a word.
    case tierReached(level: String, factor: ExactDecimal, heldUntil: Instant?)
    case claim(Claim)

    /// The template's name in `loyalty.notifications`.
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
      }
    }
  }

  /// What became of a purchase that had found no member.
  package enum Claim: Equatable, Sendable {
    case accepted(receipt: String)
    /// `lockedUntil` where this claim was one wrong one too many.
    case refused(receipt: String, ClaimStatus.Refusal, lockedUntil: Instant?)
    case locked(until: Instant?)
    case foundByEnrolment
  }

  package init(occasion: Occasion, programName: String, memberName: String?, calendar: ZoneCalendar) {
    self.occasion = occasion
    self.programName = programName
    self.memberName = memberName
    self.calendar = calendar
  }
}

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
}

/// A message in words.
package struct Wording: Equatable, Sendable {
  package var subject: String
  package var body: String
  /// In GSM 7-bit characters; one SMS of 160 unless names are long.
  package var sms: String
}
