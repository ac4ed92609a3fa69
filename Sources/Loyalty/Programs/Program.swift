/// One version of a loyalty programme: the rules by which purchases earn, points live and tiers are reached.
package struct Program: Equatable, Sendable {
  package var id: String
  package var version: Int
  /// Purchases that occur from this instant on are rated by this version.
  package var effectiveFrom: Instant
  package var name: String
  package var status: Status
  package var currencies: [Currency]
  /// Days and months are counted in this zone.
  package var calendar: ZoneCalendar
  /// BCP 47 tags, the first is the default.
  package var locales: [String]
  package var rounding: Rounding
  package var roundPer: RoundPer
  package var earning: [EarningRule] { didSet { plan = RatingPlan(earning: earning, multipliers: multipliers) } }
  package var multipliers: [Multiplier] { didSet { plan = RatingPlan(earning: earning, multipliers: multipliers) } }
  package var limits: PointLimits
  package var campaigns: [Campaign]
  /// Days after the purchase during which its points cannot be spent; 0: none.
  package var pendingDays: Int
  package var expiry: Expiry
  package var returns: ReturnPolicy
  package var redemption: RedemptionPolicy
  /// Days after an account was closed at which what is left in it expires.
  package var closingGraceDays: Int
  /// nil: members cannot give points to each other.
  package var transfer: TransferPolicy?
  package var tiers: TierScheme?
  package var intake = IntakePolicy()
  /// How many purchases and activities of a member earn; none of one transaction.
  package var times = TimesLimits()
  /// What members read instead of `name`.
  package var names = DisplayNames()
  /// When and how often members are told.
  package var messages = MessagePolicy()
  /// Vouchers that members get without points.
  package var issues: [IssueRule] = []
  /// nil: points turn into nothing by themselves.
  package var conversion: ConversionRule?
  /// `earning` and `multipliers`, made ready to rate by.
  private(set) var plan: RatingPlan

  /// What a `spend` or `product` rule's result is rounded over.
  package enum RoundPer: String, Sendable, CaseIterable {
    case transaction, line
  }

  package enum Status: String, Sendable, CaseIterable {
    case draft, active, paused, archived
  }

  package init(
    id: String, version: Int, effectiveFrom: Instant, name: String, status: Status = .active, currencies: [Currency],
    calendar: ZoneCalendar, locales: [String] = ["en"], rounding: Rounding = .down,
    roundPer: RoundPer = .transaction, earning: [EarningRule] = [], multipliers: [Multiplier] = [],
    limits: PointLimits = PointLimits(), campaigns: [Campaign] = [],
    pendingDays: Int = 0, expiry: Expiry = .never, returns: ReturnPolicy = ReturnPolicy(),
    redemption: RedemptionPolicy = RedemptionPolicy(), closingGraceDays: Int = 30, transfer: TransferPolicy? = nil,
    tiers: TierScheme? = nil
  ) {
    self.id = id
    self.version = version
    self.effectiveFrom = effectiveFrom
    self.name = name
    self.status = status
    self.currencies = currencies
    self.calendar = calendar
    self.locales = locales
    self.rounding = rounding
    self.roundPer = roundPer
    self.earning = earning
    self.multipliers = multipliers
    self.limits = limits
    self.campaigns = campaigns
    plan = RatingPlan(earning: earning, multipliers: multipliers)
    self.pendingDays = pendingDays
    self.expiry = expiry
    self.returns = returns
    self.redemption = redemption
    self.closingGraceDays = closingGraceDays
    self.transfer = transfer
    self.tiers = tiers
  }
}

package struct ReturnPolicy: Equatable, Sendable {
  package var overdraw: Overdraw = .clamp
  /// How long a return waits for its purchase before it is refused.
  package var waitDays: Int = 30
  /// How long points live that a cancelled redemption gives back after their lot expired.
  package var graceDays: Int = 30

  package enum Overdraw: String, Sendable, CaseIterable {
    /// The balance stops at 0 and the missing part is recorded as a shortfall.
    case clamp
    /// The member owes; the next points that become available repay.
    case negative
  }

  package init(overdraw: Overdraw = .clamp, waitDays: Int = 30, graceDays: Int = 30) {
    self.overdraw = overdraw
    self.waitDays = waitDays
    self.graceDays = graceDays
  }
}

package struct RedemptionPolicy: Equatable, Sendable {
  package var minimumPoints: Points
  /// `pointsPerUnit` points are worth `unitValue` of the programme's currency; nil: no value in money.
  package var pointsPerUnit: Points?
  package var unitValue: ExactDecimal?

  package init(minimumPoints: Points = 1, pointsPerUnit: Points? = nil, unitValue: ExactDecimal? = nil) {
    self.minimumPoints = minimumPoints
    self.pointsPerUnit = pointsPerUnit
    self.unitValue = unitValue
  }
}

extension Program {
  /// Whether the programme takes the currency of a purchase; of a return, whether it takes one that this can give back.
  package func takesCurrency(of transaction: Transaction) -> Bool {
    guard transaction.purchaseId != nil else { return currencies.contains(transaction.currency) }
    return currencies.contains { transaction.currency.givesBack($0) }
  }
}
