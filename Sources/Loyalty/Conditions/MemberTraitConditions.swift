/// How a member's traits answer the conditions that ask for them.
extension MemberTraits {
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
