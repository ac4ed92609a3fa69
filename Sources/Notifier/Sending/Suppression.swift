import Contracts

/// Who gets a message, and by which channel: consent first, then an address that can be used.
package enum Suppression {
  /// Where a message may go.
  package enum Verdict: Equatable, Sendable {
    case send(to: Address)
    /// Not sent on purpose, for this stable reason.
    case suppress(reason: String)
  }

  package enum Address: Equatable, Sendable {
    case email(Mailbox)
    case phone(String)
  }

  /// `profile` is nil while the member's profile is unknown, or when it has been erased. A member that agreed to nothing
  /// is told nothing.
  package static func judge(
    _ profile: MemberProfile?, channel: Consent.Channel, kind: Consent.Kind = .service
  ) -> Verdict {
    guard let profile else { return .suppress(reason: "no-profile") }
    guard profile.status != .closed else { return .suppress(reason: "member-closed") }
    guard profile.consent.allows(kind, by: channel) else { return .suppress(reason: "no-consent") }
    switch channel {
    case .email:
      guard let email = profile.email else { return .suppress(reason: "no-address") }
      return Mailbox(address: email).map { .send(to: .email($0)) } ?? .suppress(reason: "address-unusable")
    case .sms:
      guard let phone = profile.phone else { return .suppress(reason: "no-address") }
      return .send(to: .phone(phone))
    }
  }
}
