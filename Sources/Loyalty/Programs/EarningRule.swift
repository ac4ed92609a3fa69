/// One way in which purchases or activities earn points.
package struct EarningRule: Equatable, Sendable {
  /// Names the rule on ledger entries; `tier` is reserved for the tier factor.
  package var id: String
  package var kind: Kind
  package var when: Condition?
  /// Where exclusive rules match, the one of the highest priority works alone; of equals the first in the document.
  package var isExclusive = false
  package var priority = 0
  /// When it matches, the rules after it do not work.
  package var isLast = false
  /// The rule works on what occurs in [from, until).
  package var from: Instant?
  package var until: Instant?
  package var limits = PointLimits()
  package var times = TimesLimits()
  /// What members read of it.
  package var names = DisplayNames()
  /// The campaign whose budget pays for it.
  package var campaign: String?

  package enum Kind: Equatable, Sendable {
    /// `points` for every `per` of eligible spend, in the currency's own unit, in proportion.
    case spend(points: ExactDecimal, per: ExactDecimal)
    /// `points` for each unit of the quantity of matching lines.
    case product(points: ExactDecimal)
    /// `points` with every `every`-th visit; a visit is a purchase with eligible spend above 0.
    case visits(every: Int, points: Points, oncePerDay: Bool)
    /// So many points a purchase.
    case transaction(points: Points)
    /// Something that a member did and that is no purchase.
    case activity(ActivityAward)
    /// A bonus when the spend of a purchase, or of a period, reaches `amount`.
    case threshold(Threshold)

    package static func visits(every: Int, points: Points) -> Kind {
      .visits(every: every, points: points, oncePerDay: false)
    }
  }

  package struct Threshold: Equatable, Sendable {
    /// In the currency's own unit.
    package var amount: ExactDecimal
    package var points: Points
    /// nil: within one purchase.
    package var within: Period?
    /// Once for each whole multiple of `amount`.
    package var repeats: Bool

    package init(amount: ExactDecimal, points: Points, within: Period? = nil, repeats: Bool = false) {
      self.amount = amount
      self.points = points
      self.within = within
      self.repeats = repeats
    }
  }

  package struct ActivityAward: Equatable, Sendable {
    /// The activity's name, such as `member.enrolled`.
    package var activity: String
    package var worth: Worth
    /// How often it awards, where the document says so in the older form, `limit`: what is beyond is not told. nil:
    /// `EarningRule.times` alone.
    package var limit: Limit?

    package enum Worth: Equatable, Sendable {
      case points(Points)
      /// `round(factor × attribute + plus)`, never below 0.
      case formula(attribute: String, factor: ExactDecimal, plus: ExactDecimal)
    }

    package struct Limit: Equatable, Sendable {
      package var times: Int
      package var per: Period

      package init(times: Int, per: Period) {
        self.times = times
        self.per = per
      }
    }

    package init(activity: String, worth: Worth, limit: Limit? = nil) {
      self.activity = activity
      self.worth = worth
      self.limit = limit
    }
  }

  package init(id: String, kind: Kind, when: Condition? = nil) {
    self.id = id
    self.kind = kind
    self.when = when
  }

  /// A bonus is not multiplied, and is taken back whole or not at all.
  package var isBonus: Bool {
    switch kind {
    case .visits, .threshold: true
    case .spend, .product, .transaction, .activity: false
    }
  }

  /// What multipliers and the tier's factor work on.
  package var isMultiplied: Bool {
    switch kind {
    case .spend, .product: true
    case .visits, .threshold, .transaction, .activity: false
    }
  }
}
