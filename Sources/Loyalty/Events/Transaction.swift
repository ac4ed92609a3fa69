/// What ingest accepted, normalised and resolved to a member: the value of `loyalty.transactions` and the input of the
/// points engine and the tier evaluator. Amounts are minor units of `currency`.
package struct Transaction: Equatable, Sendable {
  /// The event's own id; unique within its source.
  package var id: String
  package var source: String
  package var kind: Kind
  package var memberId: String
  /// nil: every active programme that takes the currency.
  package var programId: String?
  package var occurredAt: Instant
  package var currency: Currency
  package var store: String?
  package var channel: String?
  package var lines: [PurchaseLine]
  /// How a purchase was paid, as far as the shop tells; empty: not told.
  package var payments: [Payment]
  package var orderDiscount: Int64
  package var shipping: Int64
  package var tax: Int64
  package var total: Int64

  package enum Kind: Equatable, Sendable {
    case purchase
    case returned(Return)
    /// A full return of what is left of that purchase.
    case cancelled(purchaseId: String)
  }

  package static let linesMax = 1_000
  package static let paymentsMax = 20

  package init(
    id: String, source: String, kind: Kind, memberId: String, programId: String? = nil, occurredAt: Instant,
    currency: Currency, store: String? = nil, channel: String? = nil, lines: [PurchaseLine] = [],
    payments: [Payment] = [],
    orderDiscount: Int64 = 0, shipping: Int64 = 0, tax: Int64 = 0, total: Int64 = 0
  ) {
    self.id = id
    self.source = source
    self.kind = kind
    self.memberId = memberId
    self.programId = programId
    self.occurredAt = occurredAt
    self.currency = currency
    self.store = store
    self.channel = channel
    self.lines = lines
    self.payments = payments
    self.orderDiscount = orderDiscount
    self.shipping = shipping
    self.tax = tax
    self.total = total
  }

  /// The purchase that a return or cancel takes back; nil for a purchase.
  package var purchaseId: String? {
    switch kind {
    case .purchase: nil
    case .returned(let returned): returned.purchaseId
    case .cancelled(let purchaseId): purchaseId
    }
  }
}

/// A part of a purchase's price and how it was paid.
package struct Payment: Equatable, Sendable {
  /// `card`, `cash`, `giftcard`, or a word of the shop's own. What was paid with `points` or a `reward` earns nothing.
  package var tender: String
  /// Minor units of the transaction's currency, never negative.
  package var amount: Int64

  package init(tender: String, amount: Int64) {
    self.tender = tender
    self.amount = amount
  }

  package var isOfPoints: Bool { tender == "points" || tender == "reward" }
}

/// One line of a purchase. Amounts are minor units of the transaction's currency.
package struct PurchaseLine: Equatable, Sendable {
  package var sku: String
  package var category: String?
  package var brand: String?
  /// Never negative.
  package var quantity: ExactDecimal
  /// The line's price before discount and tax.
  package var amount: Int64
  package var discount: Int64
  package var tax: Int64
  /// Names a means of payment or a reward in disguise; such a line earns nothing.
  package var tender: String?

  package init(
    sku: String, category: String? = nil, brand: String? = nil, quantity: ExactDecimal = .one, amount: Int64,
    discount: Int64 = 0, tax: Int64 = 0, tender: String? = nil
  ) {
    self.sku = sku
    self.category = category
    self.brand = brand
    self.quantity = quantity
    self.amount = amount
    self.discount = discount
    self.tax = tax
    self.tender = tender
  }
}

/// What a member brought back. A `refund` amount stands for itself; without one the lines tell what was returned.
package struct Return: Equatable, Sendable {
  package var purchaseId: String
  package var lines: [ReturnedLine]
  /// Minor units of the transaction's currency.
  package var refund: Int64?

  package init(purchaseId: String, lines: [ReturnedLine] = [], refund: Int64? = nil) {
    self.purchaseId = purchaseId
    self.lines = lines
    self.refund = refund
  }
}

package struct ReturnedLine: Equatable, Sendable {
  package var sku: String
  package var quantity: ExactDecimal
  /// Minor units paid back for this line; nil: in proportion to the quantity.
  package var amount: Int64?

  package init(sku: String, quantity: ExactDecimal, amount: Int64? = nil) {
    self.sku = sku
    self.quantity = quantity
    self.amount = amount
  }
}
