import Loyalty

/// What comes back of vouchers that paid for a purchase of which a part was returned: their share of it, and none
/// twice.
package enum ReturnedValue {
  package struct Spent: Equatable, Sendable {
    package var voucher: String
    package var amount: Int64
    package var validUntil: Instant
    /// What of it has come back before.
    package var givenBack: Int64

    package init(voucher: String, amount: Int64, validUntil: Instant, givenBack: Int64 = 0) {
      self.voucher = voucher
      self.amount = amount
      self.validUntil = validUntil
      self.givenBack = givenBack
    }
  }

  package struct Share: Equatable, Sendable {
    package var voucher: String
    package var amount: Int64
    /// As it was: what comes back runs out with what it came from.
    package var validUntil: Instant
  }

  /// - Parameters:
  ///   - total: what the purchase came to.
  ///   - returned: what of it has been returned in all.
  /// - Returns: the longest-lived first.
  package static func shares(of spent: [Spent], total: Int64, returned: Int64) -> [Share] {
    guard total > 0 else { return [] }
    let paid = spent.reduce(Int128(0)) { $0 + Int128($1.amount) }
    let due = Rounding.down.divide(paid * Int128(min(max(returned, 0), total)), by: Int128(total))
    var rest = Int64(due) - spent.reduce(0) { $0 + $1.givenBack }
    return spent.enumerated().sorted {
      $0.element.validUntil == $1.element.validUntil
        ? $0.offset < $1.offset : $0.element.validUntil > $1.element.validUntil
    }.compactMap { _, one in
      let amount = min(rest, one.amount - one.givenBack)
      guard amount > 0 else { return nil }
      rest -= amount
      return Share(voucher: one.voucher, amount: amount, validUntil: one.validUntil)
    }
  }
}
