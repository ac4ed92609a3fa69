import Loyalty

/// What a purchase would be awarded, by the functions that the points engine and the tier evaluator use. Books nothing.
package struct PurchaseSimulation {
  package let program: Program
  package let purchase: Transaction
  package let member: MemberPast

  package init(program: Program, purchase: Transaction, member: MemberPast = MemberPast()) {
    self.program = program
    self.purchase = purchase
    self.member = member
  }

  /// nil: the purchase may earn; else why it does not.
  package var obstacle: String? {
    let name = "\(program.id), version \(program.version),"
    if purchase.kind != .purchase { return "\(purchase.id) is no purchase.completed" }
    if program.status == .draft || program.status == .archived { return "\(name) is \(program.status.rawValue)" }
    if purchase.occurredAt < program.effectiveFrom {
      return
        "\(name) is in force from \(program.effectiveFrom.rfc3339), the purchase is of \(purchase.occurredAt.rfc3339)"
    }
    if let named = purchase.programId, named != program.id { return "the purchase names programme \(named)" }
    if !program.currencies.contains(purchase.currency) {
      return "\(name) takes \(program.currencies.map(\.code).joined(separator: ", ")), not \(purchase.currency.code)"
    }
    return member.isClosed ? "the account is closed" : nil
  }

  package var award: Award {
    program.rate(
      purchase, member: MemberFacts(level: level, traits: member.traits), counters: member.counters, rooms: .unlimited)
  }

  /// The level held when the purchase occurs.
  package var level: String? { member.level ?? program.tiers?.levels.first?.id }

  /// Where the member stands after it; nil without tiers. An upgrade holds from just after the purchase.
  package func standing(after award: Award) -> (reached: String?, next: NextTier?)? {
    guard let scheme = program.tiers else { return nil }
    var state = TierState(memberId: "simulated", programId: program.id)
    state.level = level
    state.clock = max(purchase.occurredAt, member.toldAsOf ?? purchase.occurredAt)
    if let metric = member.metric {
      // What counts now counts together; when what of it leaves is of no more concern.
      let today = program.calendar.day(of: state.clock)
      let day = scheme.window == .lifetime ? LocalDate(daysSinceEpoch: 0) : today
      state.days = [TierDay(day: day, amounts: amounts(metric, of: scheme))]
      // A year that is not the first one does not move with what comes late.
      state.firstDay = member.yearStart?.adding(months: -12) ?? today
    }
    let counted = TierAmounts(
      spend: tierSpend, visits: spend > 0 ? 1 : 0, points: award.points.value, basePoints: award.basePoints.value)
    let activity = TierActivity(purchasedAt: purchase.occurredAt, amounts: counted)
    let changes = state.count(activity, occurredAt: purchase.occurredAt, cause: purchase.id, under: program)
    let reached = changes.last { $0.reason == .upgrade }?.level
    return (reached, state.progress(cause: purchase.id, under: program)?.next)
  }

  /// Eligible spend in minor units.
  package var spend: Int64 { max(0, purchase.eligibleSpendOfLines().reduce(0, +)) }

  private func amounts(_ metric: ExactDecimal, of scheme: TierScheme) -> TierAmounts {
    let amount = scheme.amount(metric, program)
    switch scheme.metric {
    case .spend: return TierAmounts(spend: amount)
    case .visits: return TierAmounts(visits: amount)
    case .points: return TierAmounts(points: amount)
    case .basePoints: return TierAmounts(basePoints: amount)
    case .activities: return TierAmounts(activities: amount)
    }
  }

  /// As it counts towards the tiers, in minor units of the programme's own currency.
  private var tierSpend: Int64 {
    switch program.tierSpend(in: purchase.currency) {
    case .no: 0
    case .asItIs: spend
    case .at(let rate): rate.converted(spend, of: purchase.currency)
    }
  }
}

extension Award {
  /// Before the tier's factor and multipliers.
  fileprivate var basePoints: Points {
    lines.reduce(0) { sum, line in
      line.award.part == .tier || line.award.part == .multiplier ? sum : sum + line.award.points
    }
  }
}
