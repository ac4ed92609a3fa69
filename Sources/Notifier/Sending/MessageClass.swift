import Contracts
import Loyalty

/// How much hangs on a message: how soon it goes, for how long it is tried, who may switch it off, and what happens
/// when nobody knows whether it arrived follow from it. In the order in which they go.
package enum MessageClass: String, Sendable, CaseIterable {
  /// That something was done in the member's name: rather twice than not at all.
  case security
  /// What the member agreed to be told of their account.
  case service
  /// What nobody waits for: never twice.
  case marketing

  /// Whether a message of this class is sent again when its outcome is not known and the channel may double it.
  /// - Parameter operatorPrefersDouble: what the operator says of service messages, `--prefer-double`.
  package func prefersDouble(_ operatorPrefersDouble: Bool) -> Bool {
    switch self {
    case .security: true
    case .service: operatorPrefersDouble
    case .marketing: false
    }
  }

  /// What the member must have agreed to; nil: nothing. Who could switch off what tells that points were taken would
  /// only have to do so before taking them.
  package var consent: Consent.Kind? {
    switch self {
    case .security: nil
    case .service: .service
    case .marketing: .marketing
    }
  }
}

extension Template {
  /// Its class where the programme says nothing else.
  package var messageClass: MessageClass {
    switch self {
    case .pointsRedeemed, .pointsGiven, .emailChanged, .phoneChanged: .security
    case .pointsEarned, .pointsReceived, .pointsCameBack, .tierReached, .claimAccepted, .claimRefused, .claimsLocked,
      .purchasesFound, .pointsDigest, .pointsTakenBack, .pointsAdjusted, .pointsReleased, .tierLost, .tierKept,
      .accountFrozen, .accountUnfrozen, .accountClosed, .welcome, .pointsExpiring, .tierEnding:
      .service
    }
  }

  /// Its class by a programme's word: service can become marketing, and nothing else anything.
  package func messageClass(by policy: MessagePolicy?) -> MessageClass {
    guard messageClass == .service, policy?.templates[rawValue]?.isMarketing == true else { return messageClass }
    return .marketing
  }
}
