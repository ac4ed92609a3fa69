/// A member's account in one programme after its last movement: the value of `loyalty.accounts`.
package struct AccountStatement: Equatable, Sendable {
  package var memberId: String
  package var programId: String
  /// The sequence of the last ledger entry this statement includes.
  package var sequence: Int64
  package var balances: Balances
  /// Points moved in all, per account of the ledger; `issued` is what left it, every other what came in, net.
  package var totals: LedgerTotals
  package var lots: [Lot]
  /// The level the engine knew last; nil: the programme has no tiers, or the member has not reached one.
  package var tier: String?
  package var asOf: Instant

  package init(
    memberId: String, programId: String, sequence: Int64, balances: Balances, totals: LedgerTotals, lots: [Lot],
    tier: String? = nil, asOf: Instant
  ) {
    self.memberId = memberId
    self.programId = programId
    self.sequence = sequence
    self.balances = balances
    self.totals = totals
    self.lots = lots
    self.tier = tier
    self.asOf = asOf
  }
}
