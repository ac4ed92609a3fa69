/// What part of a purchase earns.
extension Transaction {
  /// Per line: amount − discount − its share of the order discount − its share of what was paid with points, in minor
  /// units, either sign; 0 for tender lines. Where the quantity is 0 nothing was sold: the amount counts nothing, and
  /// only what a discount takes off beyond it stays.
  ///
  /// Shares are in proportion to max(0, amount − discount). They are cut at the cumulative floor
  /// `floor(D · cum_i ÷ T) − floor(D · cum_(i−1) ÷ T)`, so they add up to exactly D.
  package func eligibleSpendOfLines() -> [Int64] {
    var eligible = lines.map(\.net)
    if orderDiscount > 0 {
      let base = eligible.reduce(Int128(0)) { $0 + Int128(max(0, $1)) }
      if base > 0 { Self.spread(orderDiscount, over: base, in: &eligible) }
    }
    for index in lines.indices where lines[index].tender != nil {
      eligible[index] = 0
    }
    if !payments.isEmpty { takeOffPoints(from: &eligible) }
    return eligible
  }

  /// Points may have paid for shipping and tax as well: they take off no more than the lines have.
  private func takeOffPoints(from eligible: inout [Int64]) {
    let paid = payments.reduce(Int128(0)) { $1.isOfPoints ? $0 + Int128($1.amount) : $0 }
    let base = eligible.reduce(Int128(0)) { $0 + Int128(max(0, $1)) }
    guard paid > 0, base > 0 else { return }
    Self.spread(Int64(min(paid, base)), over: base, in: &eligible)
  }

  /// Takes `amount` off the positive lines, in proportion.
  private static func spread(_ amount: Int64, over base: Int128, in eligible: inout [Int64]) {
    var cumulated: Int128 = 0
    var given: Int128 = 0
    for index in eligible.indices {
      cumulated += Int128(max(0, eligible[index]))
      let due = Int128(amount) * cumulated / base  // a discount is never negative, so this is the floor
      eligible[index] -= Int64(due - given)
      given = due
    }
  }
}
