/// The accounts of the points ledger; every entry moves points from one to another, so that at all times
/// `issued = pending + available + redeemed + expired + reversed + adjusted + in transfer`.
package enum LedgerAccount: String, Sendable, CaseIterable {
  case programIssued = "program:issued"
  case memberPending = "member:pending"
  case memberAvailable = "member:available"
  case programRedeemed = "program:redeemed"
  case programExpired = "program:expired"
  case programReversed = "program:reversed"
  case programAdjusted = "program:adjusted"
  case programTransfer = "program:transfer"
}
