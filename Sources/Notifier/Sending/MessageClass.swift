/// How much hangs on a message: what happens when nobody knows whether it arrived follows from it.
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
}

extension Template {
  package var messageClass: MessageClass {
    switch self {
    case .pointsEarned, .pointsRedeemed, .pointsReceived, .pointsCameBack, .tierReached, .claimAccepted, .claimRefused,
      .claimsLocked, .purchasesFound:
      .service
    }
  }
}
