/// One member in one programme: everything the points engine must keep about it, in one row.
///
/// Each operation first settles what is due up to its own time, posts entries to a `Journal`, and leaves the
/// double-entry invariant asserted. None of them throws: what the domain refuses becomes a refusal entry.
package struct Account: Equatable, Sendable {
  package var memberId: String
  package var programId: String
  /// The sequence of the last entry.
  package var sequence: Int64
  package var totals: LedgerTotals
  /// Lots that still hold points, in the order debits take them.
  package var lots: [Lot]
  /// The highest time this account has been settled to; it never goes back.
  package var clock: Instant
  /// When the next release, expiry or refusal of a waiting return is due; nil: nothing is.
  package var nextDue: Instant?
  /// Tier levels by the instant they hold from, ascending.
  package var tierHistory: [TierStep]
  package var counters: EarningCounters
  package var waitingReturns: [WaitingReturn]
  /// When the purchases remembered of this account are looked through for those to forget; nil: none is remembered.
  package var purchaseReview: Instant?
  /// Points that returns could not take back, over the account's life.
  package var shortfall: Points
  /// Whether the account may be used, and what postpones its lots.
  package var terms = LotTerms()
  /// What the member gave to others in the running local day and month.
  package var sent = SentPoints()
  /// What was told last of the member's level and the way to the next; for the statement alone.
  package var tier: TierStanding?

  package init(memberId: String, programId: String) {
    self.init(
      memberId: memberId, programId: programId, sequence: 0, totals: LedgerTotals(), lots: [], clock: .distantPast,
      nextDue: nil, tierHistory: [], counters: EarningCounters(), waitingReturns: [], shortfall: 0)
  }

  /// From a stored row.
  package init(
    memberId: String, programId: String, sequence: Int64, totals: LedgerTotals, lots: [Lot], clock: Instant,
    nextDue: Instant?, tierHistory: [TierStep], counters: EarningCounters, waitingReturns: [WaitingReturn],
    shortfall: Points
  ) {
    self.memberId = memberId
    self.programId = programId
    self.sequence = sequence
    self.totals = totals
    self.lots = lots
    self.clock = clock
    self.nextDue = nextDue
    self.tierHistory = tierHistory
    self.counters = counters
    self.waitingReturns = waitingReturns
    self.shortfall = shortfall
  }

  /// Available is negative while the member owes.
  package var balances: Balances {
    Balances(pending: totals.pending, available: totals.available)
  }

  /// Whether anything has happened in it. A level that became known before the first purchase opens no account.
  package var isOpen: Bool { clock != .distantPast }

  /// The level held at `instant`; nil: the programme's first.
  package func tierLevel(at instant: Instant) -> String? {
    tierHistory.last { $0.since <= instant }?.level
  }

  /// Keeps the newest word on the member's tier. Says whether it was news.
  package mutating func note(_ standing: TierStanding) -> Bool {
    if let tier, tier.asOf > standing.asOf || tier == standing { return false }
    tier = standing
    return true
  }
}

package struct TierStep: Equatable, Sendable {
  package var level: String
  package var since: Instant

  package init(level: String, since: Instant) {
    self.level = level
    self.since = since
  }
}
