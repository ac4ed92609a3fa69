/// A member's account in one programme after its last movement: the value of `loyalty.accounts`. An app can draw the
/// member's wallet from it alone.
package struct AccountStatement: Equatable, Sendable {
  package var memberId: String
  package var programId: String
  /// The sequence of the last ledger entry this statement includes.
  package var sequence: Int64
  package var status: Standing.Name
  /// Of a closed account: when what is left expires.
  package var endsAt: Instant?
  package var balances: Balances
  /// Pending points by the instant at which they become available, the first ``releasesMax``; none while frozen.
  package var releases: [Due]
  /// Points by the instant at which they expire, those still pending included, the first ``expiriesMax``.
  package var expiries: [Due]
  /// The level held and the way to the next; nil: the programme has no tiers, or nothing is known yet.
  package var tier: TierStanding?
  /// Points that returns could not take back, over the account's life.
  package var shortfall: Points
  /// What the next purchase is rated by; nil: the statement was written by a release that did not tell it, or it is too
  /// much to tell.
  package var earning: EarningPast?
  /// Points moved in all, per account of the ledger; `issued` is what left it, every other what came in, net.
  package var totals: LedgerTotals
  package var asOf: Instant

  package static let releasesMax = 10
  package static let expiriesMax = 5

  package init(
    memberId: String, programId: String, sequence: Int64, status: Standing.Name = .active, endsAt: Instant? = nil,
    balances: Balances, releases: [Due] = [], expiries: [Due] = [], tier: TierStanding? = nil, shortfall: Points = 0,
    earning: EarningPast? = nil, totals: LedgerTotals, asOf: Instant
  ) {
    self.memberId = memberId
    self.programId = programId
    self.sequence = sequence
    self.status = status
    self.endsAt = endsAt
    self.balances = balances
    self.releases = releases
    self.expiries = expiries
    self.tier = tier
    self.shortfall = shortfall
    self.earning = earning
    self.totals = totals
    self.asOf = asOf
  }

  /// What the member owes and the next points that become available repay.
  package var owed: Points { max(0, -balances.available) }

  /// Awarded over the account's life, less what returns took back.
  package var lifetimeEarned: Points { totals.issued - totals.reversed }
}

extension Account {
  package var statement: AccountStatement {
    var releases = DueList(countMax: AccountStatement.releasesMax)
    var expiries = DueList(countMax: AccountStatement.expiriesMax)
    for lot in lots {
      releases.add(lot.pending, at: terms.release(of: lot))
      expiries.add(lot.pending + lot.available, at: terms.expiry(of: lot))
    }
    var statement = AccountStatement(
      memberId: memberId, programId: programId, sequence: sequence, status: terms.standing.name, balances: balances,
      releases: releases.dues, expiries: expiries.dues, tier: tier, shortfall: shortfall,
      earning: EarningPast.told(of: self), totals: totals, asOf: clock)
    if case .closed(_, let endsAt) = terms.standing { statement.endsAt = endsAt }
    return statement
  }
}
