/// What a purchase earns, before it is booked. Booking, a correction after a late tier change, `loyalty simulate` and
/// the tests all call ``Program/rate(_:member:counters:rooms:)`` or what it is made of: there is no other place where
/// points are computed.
extension Program {
  /// What the purchase would be awarded now, and by which rules; nothing is changed.
  ///
  /// - Parameters:
  ///   - member: the tier held when the purchase occurred, and what is known of the profile.
  ///   - counters: `Account.counters` of the member, or `EarningCounters()` for one that has never bought anything.
  ///   - rooms: what each campaign's budget may still give; a campaign that is not named gives nothing.
  package func rate(
    _ purchase: Transaction, member: MemberFacts = MemberFacts(), counters: EarningCounters = EarningCounters(),
    rooms: CampaignRooms = CampaignRooms()
  ) -> Award {
    var counters = counters
    var rooms = rooms
    let facts = RatingFacts(of: purchase, under: self, traits: member.traits, number: counters.purchases + 1)
    return rate(facts, level: member.level, counters: &counters, rooms: &rooms)
  }

  /// The same for facts that were gathered before, with counters and rooms that move on.
  ///
  /// - Parameter bonuses: the record of a purchase that is rated again and keeps the bonuses it was given: they are not
  ///   judged anew, only limited.
  func rate(
    _ facts: RatingFacts, level: String?, counters: inout EarningCounters, rooms: inout CampaignRooms,
    bonuses: PurchaseRecord? = nil
  ) -> Award {
    guard facts.eligible > 0 else { return .none }
    let level = heldLevel(level)
    var award = Award()
    var applied: [AppliedRule] = []
    award.lines.reserveCapacity(4)
    applied.reserveCapacity(4)
    applyRules(to: facts, level, &counters, bonuses, &award, &applied)
    applyFactors(to: facts, level, applied, &counters, &award)
    if !times.isEmpty { limitProgramTimes(on: facts.day, kept: facts.keptCounts, &counters, &award) }
    if !limits.isEmpty { applyLimits(on: facts.day, &counters, &award) }
    if plan.hasCampaigns { applyBudgets(&rooms, &award) }
    return award
  }

  /// The programme's first level where none was reached; nil where it has no tiers.
  package func heldLevel(_ level: String?) -> String? {
    level ?? tiers?.levels.first?.id
  }

  /// Points of one `spend` rule for eligible spend of `minorUnits` (0 or more), rounded once.
  package func points(_ points: ExactDecimal, per amount: ExactDecimal, for minorUnits: Int64, in currency: Currency)
    -> Points
  {
    guard minorUnits > 0 else { return 0 }
    return bounded(unbounded(points, per: amount, for: minorUnits, in: currency))
  }

  func unbounded(_ points: ExactDecimal, per amount: ExactDecimal, for minorUnits: Int64, in currency: Currency)
    -> Int128
  {
    let numerator = Int128(minorUnits) * Int128(points.significand) * Int128(powerOfTen(amount.scale))
    let denominator =
      Int128(amount.significand) * Int128(powerOfTen(points.scale)) * Int128(powerOfTen(currency.exponent))
    return rounding.divide(numerator, by: denominator)
  }

  /// Points of one `product` rule for a quantity in millionths, rounded once.
  func points(_ points: ExactDecimal, forQuantity millionths: Int64) -> Int128 {
    rounding.divide(
      Int128(millionths) * Int128(points.significand), by: Int128(powerOfTen(points.scale)) * 1_000_000)
  }

  /// A factor's own line: `round((factor − 1) × points)`.
  package func factorPoints(on points: Points, factor: ExactDecimal) -> Points {
    let unit = Int128(powerOfTen(factor.scale))
    let exact = rounding.divide((Int128(factor.significand) - unit) * Int128(points.value), by: unit)
    return Points(Int64(min(exact, Int128(Points.largestMovement.value))))
  }

  /// The factor of a tier level; 1 where the programme has no such level.
  package func tierFactor(of level: String?) -> ExactDecimal {
    guard let tiers, let first = tiers.levels.first else { return .one }
    guard let level else { return first.factor }
    return tiers.levels.first { $0.id == level }?.factor ?? .one
  }

  /// How often an amount, in the currency's own unit, is reached by so many minor units: once at most unless it
  /// repeats.
  func times(_ threshold: EarningRule.Threshold, reachedBy minorUnits: Int64, in currency: Currency) -> Int64 {
    guard minorUnits > 0 else { return 0 }
    let whole = Int128(minorUnits) * Int128(powerOfTen(threshold.amount.scale))
    let one = Int128(threshold.amount.significand) * Int128(powerOfTen(currency.exponent))
    let times = whole / one
    return threshold.repeats ? Int64(min(times, 1_000_000)) : min(1, Int64(min(times, 1)))
  }

  /// What a `threshold` rule gives that was reached so often.
  func bonus(_ threshold: EarningRule.Threshold, times: Int64) -> Points {
    bounded(Int128(threshold.points.value) * Int128(times))
  }

  func bounded(_ points: Int128) -> Points {
    Points(Int64(max(0, min(points, Int128(Points.largestMovement.value)))))
  }
}
