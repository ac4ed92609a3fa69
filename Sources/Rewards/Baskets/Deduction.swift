/// What one voucher takes off a basket, and why not more.
package struct Deduction: Equatable, Sendable {
  package var voucher: String
  /// Why it takes nothing; nil: it takes something.
  package var refusal: VoucherRefusal?
  /// Off each line of the basket, in minor units.
  package var lines: [Int64]
  /// Of each line the pieces that it worked on.
  package var units: [Int64]
  package var shipping: Int64 = 0
  /// Free pieces that the basket lacks: the till puts them in at no price.
  package var addedUnits: Int64 = 0
  /// What it promised, in minor units.
  package var promised: Int64 = 0
  /// What kept it from all it promised.
  package var cut: Cut?

  package enum Cut: String, Sendable, CaseIterable {
    /// The most that the voucher takes off.
    case cap
    /// There was no more on the lines.
    case basket
    /// What is left of a gift card.
    case value
  }

  init(voucher: String, lines: Int) {
    self.voucher = voucher
    self.lines = Array(repeating: 0, count: lines)
    units = self.lines
  }

  package var total: Int64 { lines.reduce(shipping, +) }
}

/// A voucher as a basket sees it.
package struct BasketVoucher: Equatable, Sendable {
  package var id: String
  package var terms: VoucherTerms
  /// What is left of a gift card, in minor units.
  package var credit: Int64
  package var room: UnitRoom

  package init(id: String, terms: VoucherTerms, credit: Int64 = 0, room: UnitRoom = UnitRoom()) {
    self.id = id
    self.terms = terms
    self.credit = credit
    self.room = room
  }
}

/// What all vouchers take off a basket together.
package struct BasketAnswer: Equatable, Sendable {
  /// One for each voucher, in their order.
  package var deductions: [Deduction]
  /// What is left to pay of each line, and of the shipping.
  package var lines: [Int64]
  package var shipping: Int64

  package var toPay: Int64 { lines.reduce(shipping, +) }
}
