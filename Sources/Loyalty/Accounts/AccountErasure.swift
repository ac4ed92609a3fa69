/// The end of an account whose member asked to be forgotten.
extension Account {
  /// Books all that is left as forfeited and settles a debt the member had, so that the account ends at nothing.
  package mutating func forfeit(
    requestId: String, occurredAt: Instant, programVersion: Int, bookedAt: Instant, into journal: inout Journal
  ) {
    let cause = Cause(
      idPrefix: Cause.idPrefix(programId, "erasure", requestId), id: requestId, source: nil, occurredAt: occurredAt,
      bookedAt: bookedAt, programVersion: programVersion)
    journal.openBooking()
    for part in [LotPart.pending, .available] where totals[part.account] > 0 {
      post(
        .pointsForfeited, totals[part.account], from: part.account, to: .programExpired, lot: nil,
        rule: Account.erasureRule, cause: cause, into: &journal)
    }
    if owed > 0 {
      post(
        .pointsForfeited, owed, from: .programExpired, to: .memberAvailable, lot: nil, rule: Account.erasureRule,
        cause: cause, into: &journal)
    }
    journal.closeBooking()
    lots = []
    waitingReturns = []
    close()
  }

  static let erasureRule = "erasure"
}
