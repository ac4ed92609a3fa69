/// What purchases and activities count towards tiers, as the account that booked them knows it.
extension PurchaseRecord {
  /// What stands of it: of the points those that were not reversed, of the base points the share that stands of the
  /// whole, rounded up.
  package var tierAmounts: TierAmounts {
    var amounts = TierAmounts(spend: spend.eligible - spend.refunded, visits: spend.isVisit ? 1 : 0)
    let granted = granted.value
    guard granted > 0, reversed.value < granted else { return amounts }
    let base = awards.reduce(Int64(0)) { $1.part.isBase ? $0 + $1.points.value : $0 }
    amounts.points = granted - reversed.value
    amounts.basePoints = base - Int64(Int128(base) * Int128(reversed.value) / Int128(granted))
    return amounts
  }

  /// The same before anything came back.
  package var tierAmountsWhenBooked: TierAmounts {
    var whole = self
    whole.spend.refunded = 0
    whole.reversed = 0
    return whole.tierAmounts
  }
}

extension RuleAward.Part {
  /// Given by an earning rule, before the tier's factor and multipliers.
  var isBase: Bool {
    switch self {
    case .rule, .bonus, .fixed: true
    case .tier, .multiplier: false
    }
  }
}

extension TierState {
  /// The tier of a member whom another judge has judged until now: the level and how long it holds are the account's,
  /// what it is judged by next is what the account remembers of purchases.
  package init(takingOver account: Account, _ purchases: [PurchaseRecord], under program: Program?) {
    self.init(memberId: account.memberId, programId: account.programId)
    guard let program, let scheme = program.tiers, !purchases.isEmpty || !account.tierHistory.isEmpty else { return }
    clock = account.clock
    for purchase in purchases.sorted(by: { $0.occurredAt < $1.occurredAt }) {
      add(
        TierActivity(purchasedAt: purchase.occurredAt, amounts: purchase.tierAmounts), scheme, program.calendar)
    }
    // What was told of the account before may be told as of a later instant than its last event.
    noteTold(asOf: max(clock, account.tier?.asOf ?? clock), program, scheme)
    guard let last = account.tierHistory.last else { return }
    level = last.level
    since = last.since
    nextJudgement = account.tier?.until
  }
}
