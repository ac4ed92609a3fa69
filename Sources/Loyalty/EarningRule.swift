/// One way in which a purchase earns points.
package struct EarningRule: Equatable, Sendable {
  /// Names the rule on ledger entries; `tier` is reserved for the tier factor.
  package var id: String
  package var kind: Kind
  package var when: LineCondition?

  package enum Kind: Equatable, Sendable {
    /// `points` for every `per` of eligible spend, in the currency's own unit, in proportion.
    case spend(points: ExactDecimal, per: ExactDecimal)
    /// `points` with every `every`-th visit; a visit is a purchase with eligible spend above 0.
    case visits(every: Int, points: Points)
  }

  package init(id: String, kind: Kind, when: LineCondition? = nil) {
    self.id = id
    self.kind = kind
    self.when = when
  }
}

/// Which lines of a purchase a rule sees.
package indirect enum LineCondition: Equatable, Sendable {
  case sku(Selection)
  case category(Selection)
  case all([LineCondition])

  /// What is on the include list (anything, where there is none) and not on the exclude list.
  package struct Selection: Equatable, Sendable {
    package var include: Set<String>?
    package var exclude: Set<String>

    package init(include: Set<String>? = nil, exclude: Set<String> = []) {
      self.include = include
      self.exclude = exclude
    }

    /// A line that lacks the attribute is on no list.
    package func holds(_ value: String?) -> Bool {
      guard let value else { return include == nil }
      return (include?.contains(value) ?? true) && !exclude.contains(value)
    }
  }

  package func matches(_ line: PurchaseLine) -> Bool {
    switch self {
    case .sku(let selection): selection.holds(line.sku)
    case .category(let selection): selection.holds(line.category)
    case .all(let conditions): conditions.allSatisfy { $0.matches(line) }
    }
  }
}
