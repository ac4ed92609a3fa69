/// A purchase's eligible spend and how much of it has been refunded. Amounts are minor units.
package struct PurchaseSpend: Equatable, Sendable {
  package var lines: [SpendLine]
  /// The shop's names of the lines, in their order, empty for one without; an empty list where none has one.
  package var lineIds: [String]
  /// Never negative.
  package var eligible: Int64
  /// From 0 to `eligible`; never falls.
  package var refunded: Int64
  /// Refunds that named an amount and not lines, and told what of it was shipping and tax.
  package var refundedAmounts: Int64
  /// nil: there was no shipping and no tax.
  package var extras: PurchaseExtras?

  package init(
    lines: [SpendLine], lineIds: [String] = [], eligible: Int64, refunded: Int64 = 0, refundedAmounts: Int64 = 0,
    extras: PurchaseExtras? = nil
  ) {
    self.lines = lines
    self.lineIds = lineIds
    self.eligible = eligible
    self.refunded = refunded
    self.refundedAmounts = refundedAmounts
    self.extras = extras
  }

  package init(of purchase: Transaction) {
    self.init(of: purchase, eligibleSpendOfLines: purchase.eligibleSpendOfLines())
  }

  init(of purchase: Transaction, eligibleSpendOfLines eligible: [Int64]) {
    var lines: [SpendLine] = []
    lines.reserveCapacity(eligible.count)
    var sum: Int64 = 0
    var tax: Int64 = 0
    var hasIds = false
    for index in eligible.indices {
      sum += eligible[index]
      tax += purchase.lines[index].tax
      hasIds = hasIds || purchase.lines[index].lineId != nil
      lines.append(
        SpendLine(
          sku: purchase.lines[index].sku, quantity: millionths(of: purchase.lines[index].quantity),
          eligible: eligible[index]))
    }
    let total = max(0, sum)
    self.init(
      lines: lines, lineIds: hasIds ? purchase.lines.map { $0.lineId ?? "" } : [], eligible: total,
      extras: PurchaseExtras(of: purchase, taxOfLines: tax, eligible: total))
  }

  /// A purchase with eligible spend above 0 that has not been refunded whole.
  package var isVisit: Bool { eligible > refunded }
  package var isRefundedWhole: Bool { refunded == eligible }

  /// Takes a return in and says how much eligible spend it newly refunded; fails, and takes nothing, where one of its
  /// lines was not purchased.
  ///
  /// An amount that is given decides, a quantity alone returns its share. Nothing counts beyond what was bought, and a
  /// line whose discount was above its price counts nothing: that it comes back takes no other refund away.
  ///
  /// - Parameter tolerance: how far amounts may lie from what they stand for, see ``FixedRate``.
  package mutating func refund(_ returned: Return, tolerance: Int64 = 0) -> Result<Int64, UnknownLine> {
    for number in returned.lines.indices where !lines.indices.contains(where: { canBe($0, returned.lines[number]) }) {
      return .failure(UnknownLine(number: number))
    }
    if let refund = returned.refundOfGoods {
      if extras?.add(refund, of: returned) != true {
        refundedAmounts = min(refundedAmounts + refund, Money.largestMinorUnits)
      }
    } else {
      for line in returned.lines { take(line, tolerance) }
    }
    let sum = lines.reduce(refundedAmounts + (extras?.refunded(of: eligible) ?? 0)) { $0 + $1.refunded }
    return .success(raiseRefunded(to: eligible - sum <= tolerance ? eligible : sum))
  }

  /// One of a return's lines, counted from 0, that was not purchased.
  package struct UnknownLine: Error, Equatable {
    package var number: Int
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

  /// Whether a returned line can be this one. Where the purchase has no names of lines, skus alone tell.
  private func canBe(_ index: Int, _ returned: ReturnedLine) -> Bool {
    guard lines[index].sku == returned.sku else { return false }
    guard let id = returned.lineId, !lineIds.isEmpty else { return true }
    return lineIds[index] == id
  }

  private mutating func take(_ returned: ReturnedLine, _ tolerance: Int64) {
    // Of several the last bought comes first.
    let indices = lines.indices.reversed().filter { canBe($0, returned) }
    let quantity = millionths(of: returned.quantity)
    if let amount = returned.amount {
      take(amount, for: quantity, from: indices, tolerance)
    } else {
      take(quantity, from: indices)
    }
  }

  /// The line whose unit price the amount fits; else one that has so much left; else what all of them have left.
  private mutating func take(_ amount: Int64, for quantity: Int64, from indices: [Int], _ tolerance: Int64) {
    let roomy = indices.filter { lines[$0].left + tolerance >= amount }
    let whole = roomy.filter { lines[$0].quantityLeft >= quantity }
    let fitting = whole.first { abs(lines[$0].price(of: quantity) - amount) <= tolerance }
    let order = (fitting ?? whole.first ?? roomy.first).map { [$0] } ?? indices
    var amountLeft = amount
    var quantityLeft = quantity
    for index in order {
      amountLeft -= lines[index].takeBack(amount: amountLeft, for: quantityLeft, tolerance: tolerance)
      quantityLeft -= lines[index].markBack(quantityLeft)
      if amountLeft <= 0 { break }
    }
  }

  private mutating func take(_ quantity: Int64, from indices: [Int]) {
    var left = quantity
    for index in indices where left > 0 { left -= lines[index].takeBack(quantity: left) }
    for index in indices where left > 0 && lines[index].left > 0 { left -= lines[index].takeRest(quantity: left) }
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
