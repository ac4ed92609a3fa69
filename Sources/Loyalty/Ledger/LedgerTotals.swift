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

  /// Whether no part is further from 0.
  package func isWithin(_ bound: Points) -> Bool {
    LedgerAccount.allCases.allSatisfy { self[$0] <= bound && self[$0] >= -bound }
  }

  /// The sum; nil: a part of it would be further from 0. Parts of both lie within the bound, or the sum of both could
  /// overflow.
  package func adding(_ other: LedgerTotals, within bound: Points) -> LedgerTotals? {
    guard isWithin(bound), other.isWithin(bound) else { return nil }
    var sum = LedgerTotals()
    for account in LedgerAccount.allCases { sum.add(self[account] + other[account], to: account) }
    sum.issued = issued + other.issued
    return sum.isWithin(bound) ? sum : nil
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
