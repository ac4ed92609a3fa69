/// What each account of the ledger holds for one member and programme. `issued` counts what left `program:issued`.
package struct LedgerTotals: Hashable, Sendable {
  package var issued: Points = 0
  package var pending: Points = 0
  package var available: Points = 0
  package var redeemed: Points = 0
  package var expired: Points = 0
  package var reversed: Points = 0
  package var adjusted: Points = 0
  package var transferred: Points = 0

  package init() {}

  /// The double-entry invariant.
  package var isBalanced: Bool {
    issued == pending + available + redeemed + expired + reversed + adjusted + transferred
  }

  package mutating func move(_ points: Points, from debit: LedgerAccount, to credit: LedgerAccount) {
    add(-points, to: debit)
    add(points, to: credit)
  }

  package subscript(account: LedgerAccount) -> Points {
    switch account {
    case .programIssued: issued
    case .memberPending: pending
    case .memberAvailable: available
    case .programRedeemed: redeemed
    case .programExpired: expired
    case .programReversed: reversed
    case .programAdjusted: adjusted
    case .programTransfer: transferred
    }
  }

  private mutating func add(_ points: Points, to account: LedgerAccount) {
    switch account {
    case .programIssued: issued -= points
    case .memberPending: pending += points
    case .memberAvailable: available += points
    case .programRedeemed: redeemed += points
    case .programExpired: expired += points
    case .programReversed: reversed += points
    case .programAdjusted: adjusted += points
    case .programTransfer: transferred += points
    }
  }
}
