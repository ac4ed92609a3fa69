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

  /// A birthday on 29 February counts on the 28th in years without one.
  func hasBirthday(_ asked: Condition.Birthday, on date: LocalDate) -> Bool {
    guard let birthday else { return false }
    let (year, month, day) = date.civil
    guard month == birthday.month else { return false }
    return asked == .month || day == min(birthday.day, LocalDate.days(inMonth: month, of: year))
  }

  func hasLocale(in asked: Set<String>) -> Bool {
    guard var tag = locale.map({ Substring($0) }) else { return false }
    while true {
      if asked.contains(String(tag)) { return true }
      guard let cut = tag.lastIndex(of: "-") else { return false }
      tag = tag[..<cut]
    }
  }
}

/// What rating knows of the member.
package struct MemberFacts: Equatable, Sendable {
  /// The tier held when the purchase occurred; nil: the programme's first.
  package var level: String?
  /// nil: not known. Conditions that ask for what is not known do not hold.
  package var traits: MemberTraits?

  package init(level: String? = nil, traits: MemberTraits? = nil) {
    self.level = level
    self.traits = traits
  }
}
