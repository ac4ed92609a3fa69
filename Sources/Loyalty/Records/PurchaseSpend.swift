/// A purchase's eligible spend and how much of it has been refunded. Amounts are minor units.
package struct PurchaseSpend: Equatable, Sendable {
  package var lines: [SpendLine]
  /// Never negative.
  package var eligible: Int64
  /// From 0 to `eligible`; never falls.
  package var refunded: Int64
  /// Refunds that named an amount and not lines.
  package var refundedAmounts: Int64

  package init(lines: [SpendLine], eligible: Int64, refunded: Int64 = 0, refundedAmounts: Int64 = 0) {
    self.lines = lines
    self.eligible = eligible
    self.refunded = refunded
    self.refundedAmounts = refundedAmounts
  }

  package init(of purchase: Transaction) {
    self.init(of: purchase, eligibleSpendOfLines: purchase.eligibleSpendOfLines())
  }

  init(of purchase: Transaction, eligibleSpendOfLines eligible: [Int64]) {
    var lines: [SpendLine] = []
    lines.reserveCapacity(eligible.count)
    var sum: Int64 = 0
    for index in eligible.indices {
      sum += eligible[index]
      lines.append(
        SpendLine(
          sku: purchase.lines[index].sku, quantity: millionths(of: purchase.lines[index].quantity),
          eligible: eligible[index]))
    }
    self.init(lines: lines, eligible: max(0, sum))
  }

  /// A purchase with eligible spend above 0 that has not been refunded whole.
  package var isVisit: Bool { eligible > refunded }
  package var isRefundedWhole: Bool { refunded == eligible }

  /// Takes a return in and says how much eligible spend it newly refunded; nil when none of its lines was purchased.
  ///
  /// A `refund` amount counts as it stands. A returned line counts in proportion to its quantity, or by its amount
  /// where quantities cannot tell. Nothing counts beyond what was bought, and a line whose discount was above its price
  /// counts nothing: that it comes back takes no other refund away.
  package mutating func refund(_ returned: Return) -> Int64? {
    if let amount = returned.refund {
      refundedAmounts = min(refundedAmounts + max(0, amount), Money.largestMinorUnits)
    } else {
      var isKnown = false
      for line in returned.lines where take(line) { isKnown = true }
      guard isKnown else { return nil }
    }
    let sum = lines.reduce(refundedAmounts) { $0 + $1.refunded }
    return raiseRefunded(to: sum)
  }

  /// Refunds all that is left and says how much that was.
  package mutating func cancel() -> Int64 {
    for index in lines.indices {
      lines[index].refunded = max(0, lines[index].eligible)
      lines[index].returned = lines[index].quantity
    }
    return raiseRefunded(to: eligible)
  }

  private mutating func raiseRefunded(to sum: Int64) -> Int64 {
    let before = refunded
    refunded = max(before, min(sum, eligible))
    return refunded - before
  }

  private mutating func take(_ returned: ReturnedLine) -> Bool {
    var quantityLeft = millionths(of: returned.quantity)
    var amountLeft = max(0, returned.amount ?? 0)
    var isKnown = false
    for index in lines.indices where lines[index].sku == returned.sku {
      isKnown = true
      if quantityLeft > 0, lines[index].quantity > 0 {
        quantityLeft -= lines[index].takeBack(quantity: quantityLeft)
        amountLeft = 0
      } else if amountLeft > 0 {
        amountLeft -= lines[index].takeBack(amount: amountLeft)
      }
    }
    return isKnown
  }
}

/// One line of a purchase as far as returns need it.
package struct SpendLine: Equatable, Sendable {
  package var sku: String
  /// Millionths of a unit.
  package var quantity: Int64
  /// Millionths of a unit that came back.
  package var returned: Int64
  /// Minor units, either sign.
  package var eligible: Int64
  /// Minor units of `eligible` that were refunded; never negative.
  package var refunded: Int64

  package init(sku: String, quantity: Int64, returned: Int64 = 0, eligible: Int64, refunded: Int64 = 0) {
    self.sku = sku
    self.quantity = quantity
    self.returned = returned
    self.eligible = eligible
    self.refunded = refunded
  }

  /// Cumulative, so that the whole quantity in any number of parts refunds exactly `eligible`, or nothing below 0.
  fileprivate mutating func takeBack(quantity wanted: Int64) -> Int64 {
    let taken = min(wanted, quantity - returned)
    returned += taken
    refunded = max(refunded, Int64(Int128(eligible) * Int128(returned) / Int128(quantity)))
    return taken
  }

  fileprivate mutating func takeBack(amount wanted: Int64) -> Int64 {
    let taken = max(0, min(wanted, eligible - refunded))
    refunded += taken
    return taken
  }
}

private let quantityMax: Int64 = 1_000_000_000_000_000

/// Finer than a millionth is cut off, more than a thousand million units counts as that.
private func millionths(of quantity: ExactDecimal) -> Int64 {
  if quantity.isWhole, quantity.significand >= 0, quantity.significand <= quantityMax / 1_000_000 {
    return quantity.significand * 1_000_000
  }
  let scaled = Int128(quantity.significand) * 1_000_000 / Int128(powerOfTen(quantity.scale))
  return Int64(max(0, min(scaled, Int128(quantityMax))))
}
