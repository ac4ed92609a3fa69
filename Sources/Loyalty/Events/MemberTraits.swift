/// What the points engine keeps of a member's profile because conditions ask for it.
package struct MemberTraits: Equatable, Sendable {
  package var joinedAt: Instant?
  /// BCP 47, such as `vi` or `en-GB`.
  package var locale: String?
  package var segments: [String]
  package var birthday: MonthDay?

  package struct MonthDay: Hashable, Sendable {
    package var month: Int
    package var day: Int

    package init(month: Int, day: Int) {
      self.month = month
      self.day = day
    }
  }

  package init(
    joinedAt: Instant? = nil, locale: String? = nil, segments: [String] = [], birthday: MonthDay? = nil
  ) {
    self.joinedAt = joinedAt
    self.locale = locale
    self.segments = segments
    self.birthday = birthday
  }

  package var isEmpty: Bool { self == MemberTraits() }
}
