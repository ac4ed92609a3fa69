/// The end of an account whose member asked to be forgotten.
extension Account {
  /// Books all that is left as forfeited and settles a debt the member had, so that the account ends at nothing.
  package mutating func forfeit(
    requestId: String, occurredAt: Instant, programVersion: Int, bookedAt: Instant, into journal: inout Journal
  ) {
    var cause = Cause(
      idPrefix: Cause.idPrefix(programId, "erasure", requestId), id: requestId, occurredAt: occurredAt,
      programVersion: programVersion)
    cause.rule = Account.erasureRule
    amend(cause, bookedAt: bookedAt, into: &journal) { account, booking in
      for part in [LotPart.pending, .available] where account.totals[part.account] > 0 {
        account.post(
          .pointsForfeited, account.totals[part.account], from: part.account, to: .programExpired, in: &booking)
      }
      if account.owed > 0 {
        account.post(.pointsForfeited, account.owed, from: .programExpired, to: .memberAvailable, in: &booking)
      }
      account.lots = []
      account.waitingReturns = []
    }
  }

  static let erasureRule = "erasure"
}
