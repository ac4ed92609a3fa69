/// What refunds take back.
extension Program {
  /// `round(granted × refunded ÷ eligible)`: what is to be reversed in all after that much was refunded.
  package func reversal(of granted: Points, refunded: Int64, eligible: Int64) -> Points {
    guard refunded < eligible else { return granted }
    return Points(Int64(rounding.divide(Int128(granted.value) * Int128(refunded), by: Int128(eligible))))
  }
}

extension PurchaseRecord {
  /// What all refunds so far take back under the rules that granted it.
  func reversalDue(under program: Program) -> Points {
    guard spend.refunded > 0 || awards.contains(where: { $0.revoked > 0 }) else { return 0 }
    let inProportion = program.reversal(
      of: granted - bonusPoints, refunded: spend.refunded, eligible: spend.eligible)
    return max(0, min(granted, awards.reduce(inProportion) { $0 + $1.revoked }))
  }
}
