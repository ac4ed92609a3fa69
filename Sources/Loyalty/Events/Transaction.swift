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
  package var orderDiscount: Int64
  package var shipping: Int64
  package var tax: Int64
  package var total: Int64
  /// How a purchase was paid, as far as the shop tells; empty: not told.
  package var payments: [Payment]

  package enum Kind: Equatable, Sendable {
    case purchase
    case returned(Return)
    /// A full return of what is left of that purchase.
    case cancelled(purchaseId: String)
  }

  package static let linesMax = 1_000
  package static let paymentsMax = 20
}

extension Transaction {
  /// By the compiler's own initializer: one that sets field after field copies the whole at its end, text by text.
  package init(
    id: String, source: String, kind: Kind, memberId: String, programId: String? = nil, occurredAt: Instant,
    currency: Currency, store: String? = nil, channel: String? = nil, lines: [PurchaseLine] = [],
    payments: [Payment] = [],
    orderDiscount: Int64 = 0, shipping: Int64 = 0, tax: Int64 = 0, total: Int64 = 0
  ) {
    self.init(
      id: id, source: source, kind: kind, memberId: memberId, programId: programId, occurredAt: occurredAt,
      currency: currency, store: store, channel: channel, lines: lines, orderDiscount: orderDiscount,
      shipping: shipping, tax: tax, total: total, payments: payments)
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
  /// The shop's own name of the line, by which a return may name it.
  package var lineId: String?
  package var category: String?
  package var brand: String?
  /// Names a means of payment or a reward in disguise; such a line earns nothing.
  package var tender: String?
  /// Never negative; 0: nothing was sold.
  package var quantity: ExactDecimal
  /// The line's price before discount and tax.
  package var amount: Int64
  package var discount: Int64
  package var tax: Int64
}

extension PurchaseLine {
  /// By the compiler's own initializer: one that sets field after field copies the whole at its end, text by text.
  package init(
    sku: String, lineId: String? = nil, category: String? = nil, brand: String? = nil, quantity: ExactDecimal = .one,
    amount: Int64, discount: Int64 = 0, tax: Int64 = 0, tender: String? = nil
  ) {
    self.init(
      sku: sku, lineId: lineId, category: category, brand: brand, tender: tender, quantity: quantity, amount: amount,
      discount: discount, tax: tax)
  }

  /// What the line comes to, before tax and what came off the whole purchase. Nothing was sold where the quantity is 0:
  /// a discount alone counts.
  package var net: Int64 { quantity == .zero ? min(0, amount - discount) : amount - discount }
}

/// What a member brought back. Lines that all tell their amount tell what was refunded; else a `refund` does; else the
/// lines' quantities do. Amounts are minor units of the transaction's currency.
package struct Return: Equatable, Sendable {
  package var purchaseId: String
  package var lines: [ReturnedLine]
  /// All the money that was given back.
  package var refund: Int64?
  /// What of it is shipping; nil: not told.
  package var shipping: Int64?
  /// What of it is tax; nil: not told.
  package var tax: Int64?

  package init(
    purchaseId: String, lines: [ReturnedLine] = [], refund: Int64? = nil, shipping: Int64? = nil, tax: Int64? = nil
  ) {
    self.purchaseId = purchaseId
    self.lines = lines
    self.refund = refund
    self.shipping = shipping
    self.tax = tax
  }

  /// What was given back for goods, where the lines do not tell it better; tax and shipping that are untold are in it.
  package var refundOfGoods: Int64? {
    guard let refund, lines.isEmpty || lines.contains(where: { $0.amount == nil }) else { return nil }
    return max(0, refund - (shipping ?? 0) - (tax ?? 0))
  }
}

package struct ReturnedLine: Equatable, Sendable {
  package var sku: String
  /// Which of the purchase's lines it is; nil: any of the sku.
  package var lineId: String?
  package var quantity: ExactDecimal
  /// Minor units paid back for this line, without tax; nil: in proportion to the quantity.
  package var amount: Int64?

  package init(sku: String, lineId: String? = nil, quantity: ExactDecimal, amount: Int64? = nil) {
    self.sku = sku
    self.lineId = lineId
    self.quantity = quantity
    self.amount = amount
  }
}
