/// A member's account in one programme after its last movement: the value of `loyalty.accounts`.
package struct AccountStatement: Equatable, Sendable {
  package var memberId: String
  package var programId: String
  /// The sequence of the last ledger entry this statement includes.
  package var sequence: Int64
  package var balances: Balances
  /// Points moved in all, per account of the ledger; `issued` is what left it, every other what came in, net.
  package var totals: LedgerTotals
  /// Pending points that become available next, at the earliest instant at which any do; nil: none are pending.
  package var nextRelease: Due?
  /// Points that expire next, those of lots that are still pending included; nil: none expire.
  package var nextExpiry: Due?
  /// The level the engine knew last; nil: the programme has no tiers, or the member has not reached one.
  package var tier: String?
  package var asOf: Instant

  package init(
    memberId: String, programId: String, sequence: Int64, balances: Balances, totals: LedgerTotals,
    nextRelease: Due? = nil, nextExpiry: Due? = nil, tier: String? = nil, asOf: Instant
  ) {
    self.memberId = memberId
    self.programId = programId
    self.sequence = sequence
    self.balances = balances
    self.totals = totals
    self.nextRelease = nextRelease
    self.nextExpiry = nextExpiry
    self.tier = tier
    self.asOf = asOf
  }
}

/// Points for which something happens at an instant.
package struct Due: Equatable, Sendable {
  package var at: Instant
  package var points: Points

  package init(at: Instant, points: Points) {
    self.at = at
    self.points = points
  }
}

extension Due? {
  /// Keeps the earliest instant, with all the points that are due at it.
  package mutating func add(_ points: Points, at instant: Instant?) {
    guard let instant, points > 0 else { return }
    guard let known = self, known.at <= instant else {
      self = Due(at: instant, points: points)
      return
    }
    if known.at == instant { self = Due(at: instant, points: known.points + points) }
  }
}
