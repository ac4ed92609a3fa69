import Loyalty

/// A member's profile: the value of `loyalty.members`, the only loyalty topic that holds personal data.
package struct MemberProfile: Equatable, Sendable {
  /// The member's id.
  package var id: String
  package var name: String?
  package var email: String?
  /// E.164, such as `+84901234567`.
  package var phone: String?
  /// Where the shop's app is, each token once.
  package var devices: [MemberDevice]
  /// BCP 47, such as `vi` or `en-GB`.
  package var locale: String?
  /// Of the IANA database, such as `Asia/Ho_Chi_Minh`; nil: that of the programme.
  package var timeZone: String?
  package var birthday: String?
  package var joinedAt: Instant?
  package var consent: Consent
  package var status: Status
  /// Numbers of the member's loyalty cards, as ``CardNumber`` has them; a shop may name the member by any of them.
  package var cards: [String]
  /// Groups that the shop puts the member in, such as `vip`; conditions ask for them.
  package var segments: [String]
  /// The member that this one was merged into: its purchases are theirs from now on.
  package var mergedInto: String?
  /// When the profile became so.
  package var occurredAt: Instant

  package static let cardsMax = 16
  package static let segmentsMax = 100

  package enum Status: String, CaseIterable, Sendable { case active, frozen, closed }

  package init(
    id: String, name: String? = nil, email: String? = nil, phone: String? = nil, locale: String? = nil,
    timeZone: String? = nil, birthday: String? = nil, joinedAt: Instant? = nil, consent: Consent = Consent(),
    status: Status = .active, devices: [MemberDevice] = [],
    cards: [String] = [], segments: [String] = [], mergedInto: String? = nil, occurredAt: Instant
  ) {
    self.id = id
    self.name = name
    self.email = email
    self.phone = phone
    self.devices = devices
    self.locale = locale
    self.timeZone = timeZone
    self.birthday = birthday
    self.joinedAt = joinedAt
    self.consent = consent
    self.status = status
    self.cards = cards
    self.segments = segments
    self.mergedInto = mergedInto
    self.occurredAt = occurredAt
  }
}

extension MemberProfile {
  /// What conditions may ask for: of the birthday its month and day alone.
  package var traits: MemberTraits {
    let digits = birthday?.suffix(5).split(separator: "-").compactMap { Int($0) } ?? []
    return MemberTraits(
      joinedAt: joinedAt, locale: locale, segments: segments,
      birthday: digits.count == 2 ? MemberTraits.MonthDay(month: digits[0], day: digits[1]) : nil)
  }
}

/// Which kinds of message the member agreed to, per channel. What is not named is not agreed to, and marketing that the
/// member has yet to confirm (double opt-in) is not either.
package struct Consent: Equatable, Sendable {
  package enum Channel: String, CaseIterable, Sendable { case email, sms, push }

  package enum Kind: String, CaseIterable, Sendable {
    /// About the member's own points and tier.
    case service
    case marketing
  }

  package var email: Set<Kind>
  package var sms: Set<Kind>
  /// By the shop's app, and by browsers.
  package var push: Set<Kind>
  /// The channels by which the member was asked to confirm marketing, and has not done so yet.
  package var unconfirmed: Set<Channel>

  package init(
    email: Set<Kind> = [], sms: Set<Kind> = [], push: Set<Kind> = [], unconfirmed: Set<Channel> = []
  ) {
    self.email = email
    self.sms = sms
    self.push = push
    self.unconfirmed = unconfirmed
  }

  package enum Answer: Equatable, Sendable { case agreed, unconfirmed, notAgreed }

  package func answer(to kind: Kind, by channel: Channel) -> Answer {
    guard self[channel].contains(kind) else { return .notAgreed }
    return kind == .marketing && unconfirmed.contains(channel) ? .unconfirmed : .agreed
  }

  package subscript(channel: Channel) -> Set<Kind> {
    get {
      switch channel {
      case .email: email
      case .sms: sms
      case .push: push
      }
    }
    set {
      switch channel {
      case .email: email = newValue
      case .sms: sms = newValue
      case .push: push = newValue
      }
    }
  }
}
