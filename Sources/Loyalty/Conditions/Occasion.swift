/// What is the same for all lines of a purchase, as conditions ask for it; an activity has no purchase.
struct Occasion {
  var occurredAt: Instant
  /// Local; counted only where a condition asks for it.
  var day: LocalDate
  var timeOfDayMs: Int64
  var traits: MemberTraits?
  var calendar: ZoneCalendar
  var purchase: PurchaseSide?

  struct PurchaseSide {
    var store: String?
    var channel: String?
    var currency: Currency
    var tenders: [String]
    /// Eligible spend in minor units.
    var eligible: Int64
    /// Its number among the member's purchases.
    var number: Int64
  }

  /// Only elementary conditions on the purchase, the moment and the member.
  func satisfies(_ condition: Condition) -> Bool {
    switch condition {
    case .weekday(let days): days.contains(day.weekday)
    case .time(let from, let until):
      from < until ? timeOfDayMs >= from && timeOfDayMs < until : timeOfDayMs >= from || timeOfDayMs < until
    case .date(let from, let to): (from.map { day >= $0 } ?? true) && (to.map { day <= $0 } ?? true)
    case .segment(let selection): traits.map { selection.holds(anyOf: $0.segments) } ?? false
    case .birthday(let asked): traits?.hasBirthday(asked, on: day) ?? false
    case .joinedWithinDays(let days): hasJoined(within: days)
    case .locale(let asked): traits?.hasLocale(in: asked) ?? false
    default: purchase?.satisfies(condition) ?? false
    }
  }

  /// From the moment of joining to the same local time so many days later, that not included.
  private func hasJoined(within days: Int) -> Bool {
    guard let joinedAt = traits?.joinedAt else { return false }
    return joinedAt <= occurredAt && occurredAt < calendar.adding(days: days, to: joinedAt)
  }
}

extension Occasion.PurchaseSide {
  fileprivate func satisfies(_ condition: Condition) -> Bool {
    switch condition {
    case .store(let selection): selection.holds(store)
    case .channel(let selection): selection.holds(channel)
    case .currency(let selection): selection.holds(currency.code)
    case .tender(let selection): selection.holds(anyOf: tenders)
    case .amount(let range): range.contains(ExactDecimal(minorUnits: eligible, exponent: currency.exponent))
    case .nthPurchase(let nth): nth.contains(number)
    default: false
    }
  }
}
