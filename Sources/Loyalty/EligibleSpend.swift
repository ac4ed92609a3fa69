/// What part of a purchase earns.
extension Transaction {
  /// Per line: amount − discount − its share of the order discount, in minor units, either sign; 0 for tender lines.
  ///
  /// Shares are in proportion to max(0, amount − discount). They are cut at the cumulative floor
  /// `floor(D · cum_i ÷ T) − floor(D · cum_(i−1) ÷ T)`, so they add up to exactly D.
  package func eligibleSpendOfLines() -> [Int64] {
    var eligible = lines.map { $0.amount - $0.discount }
    if orderDiscount > 0 {
      let base = eligible.reduce(Int128(0)) { $0 + Int128(max(0, $1)) }
      if base > 0 { spreadOrderDiscount(over: base, in: &eligible) }
    }
    for index in lines.indices where lines[index].tender != nil {
      eligible[index] = 0
    }
    return eligible
  }

  private func spreadOrderDiscount(over base: Int128, in eligible: inout [Int64]) {
    var cumulated: Int128 = 0
    var given: Int128 = 0
    for index in eligible.indices {
      cumulated += Int128(max(0, eligible[index]))
      let due = Int128(orderDiscount) * cumulated / base  // a discount is never negative, so this is the floor
      eligible[index] -= Int64(due - given)
      given = due
    }
  }
}
