/// What a purchase cost beside its lines, and the refunds that did not tell how much of it they hold. Minor units.
package struct PurchaseExtras: Equatable, Sendable {
  package var shipping: Int64
  package var tax: Int64
  /// All that was paid in money: not less than the eligible spend.
  package var paid: Int64
  /// Refunds that told neither, where there was both; that did not tell the shipping; that did not tell the tax.
  package var refundedWithBoth: Int64
  package var refundedWithShipping: Int64
  package var refundedWithTax: Int64

  package init(
    shipping: Int64, tax: Int64, paid: Int64, refundedWithBoth: Int64 = 0, refundedWithShipping: Int64 = 0,
    refundedWithTax: Int64 = 0
  ) {
    self.shipping = shipping
    self.tax = tax
    self.paid = paid
    self.refundedWithBoth = refundedWithBoth
    self.refundedWithShipping = refundedWithShipping
    self.refundedWithTax = refundedWithTax
  }

  /// nil: the lines are all there was to pay.
  init?(of purchase: Transaction, taxOfLines: Int64, eligible: Int64) {
    let tax = max(0, purchase.tax == 0 ? taxOfLines : purchase.tax)
    let shipping = max(0, purchase.shipping)
    guard shipping > 0 || tax > 0 else { return nil }
    let points = purchase.payments.reduce(Int64(0)) { $1.isOfPoints ? $0 + $1.amount : $0 }
    self.init(shipping: shipping, tax: tax, paid: max(eligible, purchase.total - points))
  }

  /// Keeps a refund that holds shipping or tax untold, and says whether it does.
  mutating func add(_ refund: Int64, of returned: Return) -> Bool {
    switch (shipping > 0 && returned.shipping == nil, tax > 0 && returned.tax == nil) {
    case (true, true): refundedWithBoth = sum(refundedWithBoth, refund)
    case (true, false): refundedWithShipping = sum(refundedWithShipping, refund)
    case (false, true): refundedWithTax = sum(refundedWithTax, refund)
    case (false, false): return false
    }
    return true
  }

  /// What the refunds kept here hold of the eligible spend: in the proportion that it has to what was paid, less the
  /// part they did tell. Rounded to the nearest minor unit, and cumulative, so that all of it in any number of parts is
  /// exactly `eligible`.
  func refunded(of eligible: Int64) -> Int64 {
    share(refundedWithBoth, of: eligible, in: paid) + share(refundedWithShipping, of: eligible, in: paid - tax)
      + share(refundedWithTax, of: eligible, in: paid - shipping)
  }

  private func share(_ refund: Int64, of eligible: Int64, in paid: Int64) -> Int64 {
    let paid = max(eligible, paid)
    guard refund > 0, paid > 0 else { return 0 }
    return Int64(Rounding.nearest.divide(Int128(min(refund, paid)) * Int128(eligible), by: Int128(paid)))
  }

  private func sum(_ before: Int64, _ refund: Int64) -> Int64 { min(before + refund, Money.largestMinorUnits) }
}
