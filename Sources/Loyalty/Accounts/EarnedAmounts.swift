/// What purchases and activities count towards tiers, as the account that booked them knows it.
extension PurchaseRecord {
  /// What stands of it: of the points those that were not reversed, of the base points the share that stands of the
  /// whole, rounded up.
  ///
  /// - Parameter program: the version that rated it; nil: it is forgotten, and spend counts as it is.
  package func tierAmounts(under program: Program?) -> TierAmounts {
    var amounts = TierAmounts(visits: spend.isVisit ? 1 : 0)
    let standing = spend.eligible - spend.refunded
    switch program?.tierSpend(in: currency) {
    case nil, .asItIs: amounts.spend = standing
    case .at(let rate): amounts.spend = rate.converted(standing, of: currency)
    case .no: break
    }
    let granted = granted.value
    guard granted > 0, reversed.value < granted else { return amounts }
    let base = awards.reduce(Int64(0)) { $1.part.isBase ? $0 + $1.points.value : $0 }
    amounts.points = granted - reversed.value
    amounts.basePoints = base - Int64(Int128(base) * Int128(reversed.value) / Int128(granted))
    return amounts
  }

  /// The same before anything came back.
  package func tierAmountsWhenBooked(under program: Program?) -> TierAmounts {
    var whole = self
    whole.spend.refunded = 0
    whole.reversed = 0
    return whole.tierAmounts(under: program)
  }
}

extension TierState {
  /// The tier of a member whom another judge has judged until now: the level and how long it holds are the account's,
  /// what it is judged by next is what the account remembers of purchases.
  ///
  /// - Parameter version: finds the programme's version that rated a purchase.
  package init(
    takingOver account: Account, _ purchases: [PurchaseRecord], under program: Program?, version: (Int) -> Program?
  ) {
    self.init(memberId: account.memberId, programId: account.programId)
    guard let program, let scheme = program.tiers, !purchases.isEmpty || !account.tierHistory.isEmpty else { return }
    clock = account.clock
    for purchase in purchases.sorted(by: { $0.occurredAt < $1.occurredAt }) {
      let amounts = purchase.tierAmounts(under: version(purchase.programVersion))
      add(TierActivity(purchasedAt: purchase.occurredAt, amounts: amounts), scheme, program.calendar)
    }
    // What was told of the account before may be told as of a later instant than its last event.
    noteTold(asOf: max(clock, account.tier?.asOf ?? clock), program, scheme)
    guard let last = account.tierHistory.last else { return }
    level = last.level
    since = last.since
    nextJudgement = account.tier?.until
    guard case .validity(let months) = scheme.window, let until = nextJudgement else { return }
    validFrom = program.calendar.day(of: until).adding(days: -1 - scheme.graceDays).adding(months: -months)
  }
}
