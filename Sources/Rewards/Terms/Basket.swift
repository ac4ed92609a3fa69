import Loyalty

/// What is at the till, before any voucher. Amounts are minor units of its currency.
package struct Basket: Equatable, Sendable {
  package var currency: Currency
  package var lines: [BasketLine]
  package var shipping: Int64
  package var store: String?

  package static let linesMax = Transaction.linesMax

  package init(currency: Currency, lines: [BasketLine], shipping: Int64 = 0, store: String? = nil) {
    precondition(lines.count <= Basket.linesMax, "a basket of \(lines.count) lines")
    precondition((0...Money.largestMinorUnits).contains(shipping), "shipping of \(shipping)")
    self.currency = currency
    self.lines = lines
    self.shipping = shipping
    self.store = store
  }

  package var total: Int64 { lines.reduce(shipping) { $0 + $1.amount } }
}

package struct BasketLine: Equatable, Sendable {
  package var sku: String
  package var category: String?
  package var brand: String?
  /// Pieces; what is weighed is one.
  package let quantity: Int64
  /// What the whole line costs as the till sells it.
  package let amount: Int64
  /// What of the amount is tax; 0 where it has none, or is told without.
  package var tax: Int64

  package static let quantityMax: Int64 = 1_000_000

  package init(
    sku: String, category: String? = nil, brand: String? = nil, quantity: Int64 = 1, amount: Int64, tax: Int64 = 0
  ) {
    precondition((0...Money.largestMinorUnits).contains(amount), "a line of \(amount)")
    precondition((1...BasketLine.quantityMax).contains(quantity), "a line of \(quantity) pieces")
    precondition((0...amount).contains(tax), "tax of \(tax) in \(amount)")
    self.sku = sku
    self.category = category
    self.brand = brand
    self.quantity = quantity
    self.amount = amount
    self.tax = tax
  }
}
