/// What a rule or a multiplier asks of a purchase. It is judged line by line: what it asks of the purchase, the moment
/// or the member has one answer for all its lines.
package indirect enum Condition: Equatable, Sendable {
  // Of a line.
  case sku(Selection)
  case category(Selection)
  case brand(Selection)
  case quantity(DecimalRange)
  /// The line's eligible spend, in the currency's own unit.
  case lineAmount(DecimalRange)
  // Of the purchase.
  case store(Selection)
  case channel(Selection)
  case currency(Selection)
  /// Of the tenders it was paid with any that is included, and none that is excluded.
  case tender(Selection)
  /// Local days of the week, Monday is 0.
  case weekday(Set<Int>)
  /// Local time of day in milliseconds, [from, until); past midnight where `until` is not after `from`.
  case time(from: Int64, until: Int64)
  /// Local dates, both included.
  case date(from: LocalDate?, to: LocalDate?)
  /// The purchase's eligible spend, in the currency's own unit.
  case amount(DecimalRange)
  case nthPurchase(NthPurchase)
  // Of the member.
  case tier(Selection)
  /// Of the member's segments any that is included, and none that is excluded.
  case segment(Selection)
  case birthday(Birthday)
  case joinedWithinDays(Int)
  /// The member's language or one of its regions: `vi` holds for `vi-VN`.
  case locale(Set<String>)

  case all([Condition])
  case any([Condition])
  case not(Condition)

  /// What is on the include list (anything, where there is none) and not on the exclude list.
  package struct Selection: Hashable, Sendable {
    package var include: Set<String>?
    package var exclude: Set<String>

    package init(include: Set<String>? = nil, exclude: Set<String> = []) {
      self.include = include
      self.exclude = exclude
    }

    /// What lacks the attribute is on no list.
    package func holds(_ value: String?) -> Bool {
      guard let value else { return include == nil }
      return (include?.contains(value) ?? true) && !exclude.contains(value)
    }

    package func holds(anyOf values: [String]) -> Bool {
      (include.map { list in values.contains { list.contains($0) } } ?? true)
        && !values.contains { exclude.contains($0) }
    }
  }

  /// [atLeast, below).
  package struct DecimalRange: Hashable, Sendable {
    package var atLeast: ExactDecimal?
    package var below: ExactDecimal?

    package init(atLeast: ExactDecimal? = nil, below: ExactDecimal? = nil) {
      self.atLeast = atLeast
      self.below = below
    }

    package func contains(_ value: ExactDecimal) -> Bool {
      if let atLeast, value < atLeast { return false }
      if let below, !(value < below) { return false }
      return true
    }
  }

  /// Purchases with eligible spend above 0 are numbered 1, 2, 3 … as they are booked; a return changes no number.
  package enum NthPurchase: Hashable, Sendable {
    case every(Int64)
    case numbers(Set<Int64>)

    package func contains(_ number: Int64) -> Bool {
      switch self {
      case .every(let every): number % every == 0
      case .numbers(let numbers): numbers.contains(number)
      }
    }
  }

  package enum Birthday: String, Sendable, CaseIterable {
    case day, month
  }

  /// Whether the answer may differ from line to line.
  package var isAboutLines: Bool {
    switch self {
    case .sku, .category, .brand, .quantity, .lineAmount: true
    case .all(let parts), .any(let parts): parts.contains { $0.isAboutLines }
    case .not(let part): part.isAboutLines
    default: false
    }
  }

  /// Whether it needs a purchase to be judged: an activity has none.
  package var isAboutPurchases: Bool {
    switch self {
    case .store, .channel, .currency, .tender, .amount, .nthPurchase: true
    case .all(let parts), .any(let parts): parts.contains { $0.isAboutPurchases }
    case .not(let part): part.isAboutPurchases
    default: isAboutLines
    }
  }

  package var isAboutTiers: Bool {
    switch self {
    case .tier: true
    case .all(let parts), .any(let parts): parts.contains { $0.isAboutTiers }
    case .not(let part): part.isAboutTiers
    default: false
    }
  }

  /// Whether it asks for something that the member's profile tells.
  package var isAboutTraits: Bool {
    switch self {
    case .segment, .birthday, .joinedWithinDays, .locale: true
    case .all(let parts), .any(let parts): parts.contains { $0.isAboutTraits }
    case .not(let part): part.isAboutTraits
    default: false
    }
  }

  /// Whether a programme may have these conditions: each different elementary one takes a bit.
  package static func fitsPlan(_ conditions: [Condition]) -> Bool {
    var lines: [Condition] = []
    var purchases: [Condition] = []
    for condition in conditions.flatMap(\.elementary) where !condition.isAboutTiers {
      if condition.isAboutLines {
        if !lines.contains(condition) { lines.append(condition) }
      } else if !purchases.contains(condition) {
        purchases.append(condition)
      }
      if max(lines.count, purchases.count) > ConditionBits.countMax { return false }
    }
    return true
  }

  private var elementary: [Condition] {
    switch self {
    case .all(let parts), .any(let parts): parts.flatMap(\.elementary)
    case .not(let part): part.elementary
    default: [self]
    }
  }
}
