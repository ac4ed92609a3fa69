import Loyalty

/// What a voucher promises and asks. A voucher keeps the terms it was issued with, whatever becomes of its pool.
package struct VoucherTerms: Equatable, Sendable {
  package var effect: VoucherEffect
  /// Of its amounts; nil: it names none.
  package var currency: Currency?
  package var stores: Condition.Selection
  package var products: ProductSelection
  package var minimum: Minimum?
  /// Whether it goes together with other discounts.
  package var isCombinable: Bool

  /// What the lines that it may work on must come to, before any voucher.
  package struct Minimum: Equatable, Sendable {
    package var minorUnits: Int64
    package var units: Int64
    /// Whether tax counts towards the amount.
    package var includesTax: Bool

    package init(minorUnits: Int64 = 0, units: Int64 = 0, includesTax: Bool = true) {
      self.minorUnits = minorUnits
      self.units = units
      self.includesTax = includesTax
    }
  }

  package init(
    _ effect: VoucherEffect, currency: Currency? = nil, stores: Condition.Selection = .init(),
    products: ProductSelection = .init(), minimum: Minimum? = nil, isCombinable: Bool = true
  ) {
    self.effect = effect
    self.currency = currency
    self.stores = stores
    self.products = products
    self.minimum = minimum
    self.isCombinable = isCombinable
  }
}

/// The lines that a voucher may work on: those that all three lists hold.
package struct ProductSelection: Equatable, Sendable {
  package var skus: Condition.Selection
  package var categories: Condition.Selection
  package var brands: Condition.Selection

  package init(
    skus: Condition.Selection = .init(), categories: Condition.Selection = .init(),
    brands: Condition.Selection = .init()
  ) {
    self.skus = skus
    self.categories = categories
    self.brands = brands
  }

  package func holds(_ line: BasketLine) -> Bool {
    skus.holds(line.sku) && categories.holds(line.category) && brands.holds(line.brand)
  }

  /// Whether it leaves nothing out.
  package var isEverything: Bool { self == ProductSelection() }
}
