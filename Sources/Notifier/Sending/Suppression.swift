import Contracts
import Loyalty
import Messages

/// Who gets a message, and by which channel: consent first, then what the member wants, then an address that can be
/// used.
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
    /// One at least.
    case devices([MemberDevice])

    /// Of an e-mail address, small letters.
    package var domain: String? {
      switch self {
      case .email(let mailbox): mailbox.domain.lowercased()
      case .phone, .devices: nil
      }
    }
  }

  package typealias Route = (channel: Consent.Channel, verdict: Verdict)

  package static let noProfile = "no-profile"
  package static let notConfigured = "channel-not-configured"

  /// The channel that a message goes by: the first that can take it, in the programme's order, so that no member is
  /// told the same thing twice. Where none can, the first that the member agreed to says why; the first of all, if they
  /// agreed to none.
  package static func route(
    _ profile: MemberProfile?, of messageClass: MessageClass = .service,
    preferences: PreferenceQuestion = .nothingSaid, in order: [Consent.Channel] = MessagePolicy.usualOrder,
    isConfigured: (Consent.Channel) -> Bool, listed: (Address) -> String? = { _ in nil }
  ) -> Route {
    let routes = order.map { channel in
      (
        channel: channel,
        verdict: judge(
          profile, channel: channel, of: messageClass, preferences: preferences, isConfigured: isConfigured,
          listed: listed)
      )
    }
    let decided = routes.first { route in
      switch route.verdict {
      case .send: preferences.mayStandIn(route.channel, in: order)
      case .suppress(let reason): SuppressionList.silences(reason)
      }
    }
    return decided ?? routes.first { $0.verdict != .suppress(reason: "no-consent") } ?? routes[0]
  }

  /// By which channel a message that is on its way goes on: after the first attempt by the same. One that is about a
  /// contact which the member had before goes there.
  package static func route(
    _ delivery: MessageRow.Delivery, _ profile: MemberProfile?, preferences: PreferenceQuestion = .nothingSaid,
    in order: [Consent.Channel] = MessagePolicy.usualOrder,
    isConfigured: (Consent.Channel) -> Bool, listed: (Address) -> String? = { _ in nil }
  ) -> Route {
    var profile = profile
    if let contact = delivery.contact {
      switch delivery.channel {
      case .email: profile?.email = contact
      case .sms: profile?.phone = contact
      // News of a contact goes to the contact, and a device is none that people change.
      case .push: break
      }
    } else if delivery.isUntried {
      return route(
        profile, of: delivery.messageClass, preferences: preferences, in: order, isConfigured: isConfigured,
        listed: listed)
    }
    let verdict = judge(
      profile, channel: delivery.channel, of: delivery.messageClass, preferences: preferences,
      isConfigured: isConfigured, listed: listed)
    return (delivery.channel, verdict)
  }

  /// `profile` is nil while the member's profile is unknown, or when it has been erased. A member that agreed to
  /// nothing, or has left, is told what is done in its name (`MessageClass.security`) and nothing else.
  ///
  /// - Parameter listed: asked last: why nothing is sent to an address, whoever's it is.
  package static func judge(
    _ profile: MemberProfile?, channel: Consent.Channel, of messageClass: MessageClass = .service,
    preferences: PreferenceQuestion = .nothingSaid, isConfigured: (Consent.Channel) -> Bool = { _ in true },
    listed: (Address) -> String? = { _ in nil }
  ) -> Verdict {
    let verdict = reach(profile, channel, messageClass, preferences, isConfigured)
    guard case .send(let address) = verdict else { return verdict }
    guard case .devices(let devices) = address else {
      return listed(address).map { .suppress(reason: $0) } ?? verdict
    }
    var reasons: [String] = []
    let left = devices.filter { device in
      guard let reason = listed(.devices([device])) else { return true }
      reasons.append(reason)
      return false
    }
    guard left.isEmpty else { return .send(to: .devices(left)) }
    return .suppress(reason: reasons.first(where: SuppressionList.silences) ?? reasons[0])
  }

  /// The channel that a message goes on by when push has refused it for good; nil: none takes it.
  package static func standIn(
    _ profile: MemberProfile?, of messageClass: MessageClass, preferences: PreferenceQuestion,
    in order: [Consent.Channel], isConfigured: (Consent.Channel) -> Bool, listed: (Address) -> String?
  ) -> Consent.Channel? {
    let (channel, verdict) = route(
      profile, of: messageClass, preferences: preferences, in: order.filter { $0 != .push },
      isConfigured: isConfigured, listed: listed)
    if case .send = verdict, preferences.mayStandIn(channel, in: order) { return channel }
    return nil
  }

  /// By what the profile says, and the member.
  private static func reach(
    _ profile: MemberProfile?, _ channel: Consent.Channel, _ messageClass: MessageClass,
    _ preferences: PreferenceQuestion, _ isConfigured: (Consent.Channel) -> Bool
  ) -> Verdict {
    guard let profile else { return .suppress(reason: noProfile) }
    if let kind = messageClass.consent {
      guard profile.status != .closed else { return .suppress(reason: "member-closed") }
      switch profile.consent.answer(to: kind, by: channel) {
      case .agreed: break
      case .unconfirmed: return .suppress(reason: "not-confirmed")
      case .notAgreed: return .suppress(reason: "no-consent")
      }
      guard !preferences.isSwitchedOff(channel) else { return .suppress(reason: PreferenceQuestion.switchedOff) }
    }
    guard isConfigured(channel) else { return .suppress(reason: notConfigured) }
    switch channel {
    case .email:
      guard let email = profile.email else { return .suppress(reason: "no-address") }
      return Mailbox(writingTo: email).map { .send(to: .email($0)) } ?? .suppress(reason: "address-unusable")
    case .sms:
      guard let phone = profile.phone else { return .suppress(reason: "no-address") }
      return switch MobileNumber.judge(phone) {
      case .takesSMS(let number): .send(to: .phone(number))
      case .refused(let reason): .suppress(reason: reason)
      }
    case .push: return profile.devices.isEmpty ? .suppress(reason: "no-address") : .send(to: .devices(profile.devices))
    }
  }
}
