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

  /// Minor units that can still be refunded.
  var left: Int64 { max(0, eligible - refunded) }
  /// Millionths of a unit that have not come back.
  var quantityLeft: Int64 { max(0, quantity - returned) }

  /// What a part of the quantity cost, rounded down.
  func price(of part: Int64) -> Int64 {
    guard quantity > 0 else { return 0 }
    return Int64(Int128(max(0, eligible)) * Int128(min(part, quantity)) / Int128(quantity))
  }

  /// Cumulative, so that the whole quantity in any number of parts refunds exactly `eligible`, or nothing below 0. Says
  /// how much of the quantity it was.
  mutating func takeBack(quantity wanted: Int64) -> Int64 {
    let taken = min(wanted, quantityLeft)
    refunded += min(left, price(of: returned + taken) - price(of: returned))
    returned += taken
    return taken
  }

  /// What is left of units that came back before for less than their price. Says how much of the quantity it was.
  mutating func takeRest(quantity wanted: Int64) -> Int64 {
    let taken = min(wanted, quantity)
    refunded += min(left, price(of: taken))
    return taken
  }

  /// Says how much of the amount it was. What lies no further than `tolerance` from the price of what came back, or
  /// from all that is left, stands for that.
  mutating func takeBack(amount wanted: Int64, for part: Int64, tolerance: Int64) -> Int64 {
    var taken = min(wanted, left)
    if tolerance > 0, taken > 0 {
      let price = min(left, price(of: part))
      if let exact = [left, price].first(where: { abs($0 - wanted) <= tolerance }) { taken = exact }
    }
    refunded += taken
    return taken
  }

  mutating func markBack(_ part: Int64) -> Int64 {
    let marked = min(part, quantityLeft)
    returned += marked
    return marked
  }
}
