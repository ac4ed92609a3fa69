import Contracts

/// What a member has said of messages such as one at hand.
package struct PreferenceQuestion: Sendable {
  private let preferences: MemberPreferences?
  private let template: Template

  package static let switchedOff = "preference-off"
  /// Nobody has said anything.
  package static let nothingSaid = PreferenceQuestion(nil, .pointsEarned)

  /// - Parameter preferences: nil: the member has never said anything.
  package init(_ preferences: MemberPreferences?, _ template: Template) {
    self.preferences = preferences
    self.template = template
  }

  /// nil: nothing was said, or the message is one that nobody can switch off.
  private func answer(_ channel: Consent.Channel) -> Bool? {
    template.canBeSwitchedOff ? preferences?.isWanted(template.topic, by: channel) : nil
  }

  package func isSwitchedOff(_ channel: Consent.Channel) -> Bool { answer(channel) == false }

  /// Whether `channel` may stand in for one before it that was switched off: only where the member has asked for it.
  /// Whoever ends e-mails with one click must not get SMS instead.
  package func mayStandIn(_ channel: Consent.Channel, in order: [Consent.Channel]) -> Bool {
    let earlier = order.prefix { $0 != channel }
    return answer(channel) == true || !earlier.contains(where: isSwitchedOff)
  }
}

extension Template {
  /// Which of the topics that members choose among it belongs to.
  package var topic: MessageTopic {
    switch self {
    case .pointsEarned, .pointsRedeemed, .pointsReceived, .pointsCameBack, .claimAccepted, .claimRefused, .claimsLocked,
      .purchasesFound, .pointsGiven, .emailChanged, .phoneChanged, .pointsDigest, .pointsTakenBack, .pointsAdjusted,
      .pointsReleased, .accountFrozen, .accountUnfrozen, .accountClosed, .welcome:
      .points
    case .tierReached, .tierLost, .tierKept, .tierEnding: .tier
    case .pointsExpiring: .expiry
    }
  }

  /// What is about the security of an account always goes out.
  package var canBeSwitchedOff: Bool { messageClass != .security }
}
