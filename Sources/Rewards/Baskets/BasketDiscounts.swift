import Loyalty

/// Vouchers over a basket, to the cent: discounts in the order in which they are named, each on what those before it
/// left; then gift cards, likewise. No line goes below zero, and what is spread over lines loses no cent.
package struct BasketDiscounts {
  private let basket: Basket
  /// What is left to pay of each line.
  private(set) var left: [Int64]
  private(set) var shipping: Int64
  /// Pieces of each line that are paid, and those of them that free ones were given for.
  var paidUnits: [Int64]
  var spentUnits: [Int64]
  /// Discounts that took something, by id.
  private var working: [(id: String, isCombinable: Bool)] = []

  /// - Returns: what each takes off, whatever becomes of the others: a voucher that takes nothing says why.
  package static func apply(_ vouchers: [BasketVoucher], to basket: Basket) -> BasketAnswer {
    var discounts = BasketDiscounts(basket)
    var deductions = vouchers.map { Deduction(voucher: $0.id, lines: basket.lines.count) }
    let payments = vouchers.indices.filter { vouchers[$0].terms.effect.isPayment }
    let others = vouchers.indices.filter { !vouchers[$0].terms.effect.isPayment }
    for index in others + payments { discounts.apply(vouchers[index], &deductions[index]) }
    return BasketAnswer(deductions: deductions, lines: discounts.left, shipping: discounts.shipping)
  }

  private init(_ basket: Basket) {
    self.basket = basket
    left = basket.lines.map(\.amount)
    shipping = basket.shipping
    paidUnits = basket.lines.map(\.quantity)
    spentUnits = basket.lines.map { _ in 0 }
  }

  private mutating func apply(_ voucher: BasketVoucher, _ deduction: inout Deduction) {
    if let refusal = refusal(of: voucher) {
      deduction.refusal = refusal
      return
    }
    let unitsBefore = (paidUnits, spentUnits)
    switch voucher.terms.effect {
    case .amount(let amount): take(amount, voucher, &deduction)
    case .percent(let percent, let cap): take(percent, cap: cap, voucher, &deduction)
    case .freeUnits(let free): give(free, voucher, &deduction)
    case .freeShipping(let cap):
      deduction.promised = shipping
      deduction.shipping = min(shipping, cap ?? shipping)
      if deduction.shipping < shipping { deduction.cut = .cap }
    case .credit: pay(voucher, &deduction)
    }
    guard deduction.total > 0 || deduction.addedUnits > 0 else {
      deduction = Deduction(voucher: voucher.id, lines: basket.lines.count)
      deduction.refusal = .noEffect
      (paidUnits, spentUnits) = unitsBefore
      return
    }
    for index in left.indices { left[index] -= deduction.lines[index] }
    shipping -= deduction.shipping
    if !voucher.terms.effect.isPayment { working.append((voucher.id, voucher.terms.isCombinable)) }
  }

  private func refusal(of voucher: BasketVoucher) -> VoucherRefusal? {
    let terms = voucher.terms
    if let currency = terms.currency, currency != basket.currency { return .noEffect }
    guard terms.stores.holds(basket.store) else { return .wrongStore }
    if let minimum = terms.minimum, let refusal = refusal(of: minimum, terms.products) { return refusal }
    guard !terms.effect.isPayment else { return nil }
    let other = terms.isCombinable ? working.first { !$0.isCombinable } : working.first
    return other.map { .notCombinable(with: $0.id) }
  }

  private func refusal(of minimum: VoucherTerms.Minimum, _ products: ProductSelection) -> VoucherRefusal? {
    let lines = basket.lines.filter(products.holds)
    let amount = lines.reduce(Int64(0)) { $0 + $1.amount - (minimum.includesTax ? 0 : $1.tax) }
    if amount < minimum.minorUnits { return .belowMinimum(needed: minimum.minorUnits, has: amount) }
    let units = lines.reduce(Int64(0)) { $0 + $1.quantity }
    return units < minimum.units ? .belowMinimum(needed: minimum.units, has: units) : nil
  }

  func line(_ index: Int) -> BasketLine { basket.lines[index] }

  /// What so many of a line's paid pieces cost now.
  func price(of units: Int64, line index: Int) -> Int64 {
    guard units < paidUnits[index] else { return left[index] }
    return Int64(Rounding.nearest.divide(Int128(left[index]) * Int128(units), by: Int128(paidUnits[index])))
  }

  /// Notes the pieces that a voucher works on, and returns what they cost now, line by line.
  private func prices(for voucher: BasketVoucher, unitsPerLineMax: Int64?, _ deduction: inout Deduction) -> [Int64] {
    var room = voucher.room
    return basket.lines.indices.map { index in
      guard voucher.terms.products.holds(line(index)), paidUnits[index] > 0 else { return 0 }
      let units = room.take(min(paidUnits[index], unitsPerLineMax ?? paidUnits[index]), of: line(index).sku)
      deduction.units[index] = units
      return price(of: units, line: index)
    }
  }
}

// MARK: What effects take

extension BasketDiscounts {
  private func take(_ amount: AmountOff, _ voucher: BasketVoucher, _ deduction: inout Deduction) {
    let prices = prices(for: voucher, unitsPerLineMax: amount.unitsPerLineMax, &deduction)
    switch amount.per {
    case .basket:
      deduction.promised = amount.minorUnits
      let weights = amount.spread == .amount ? prices : deduction.units
      let sum = min(amount.minorUnits, prices.reduce(0, +))
      deduction.lines = ProportionalSpread.parts(of: sum, by: weights, bounds: prices)
    case .line, .unit:
      for index in prices.indices where deduction.units[index] > 0 {
        let times = amount.per == .unit ? deduction.units[index] : 1
        let promised = Int64(min(Int128(amount.minorUnits) * Int128(times), Int128(Money.largestSum)))
        deduction.promised = deduction.promised.addingBounded(promised)
        deduction.lines[index] = min(promised, prices[index])
      }
    }
    if deduction.total < deduction.promised { deduction.cut = .basket }
  }

  private func take(_ percent: ExactDecimal, cap: Int64?, _ voucher: BasketVoucher, _ deduction: inout Deduction) {
    let prices = prices(for: voucher, unitsPerLineMax: nil, &deduction)
    let sum = prices.reduce(0, +)
    precondition(percent.scale <= VoucherEffect.percentScaleMax, "a percentage of \(percent.scale) decimals")
    let whole = (0..<Int(percent.scale)).reduce(Int128(100)) { power, _ in power * 10 }
    deduction.promised = Int64(Rounding.nearest.divide(Int128(sum) * Int128(percent.significand), by: whole))
    let taken = min(deduction.promised, cap ?? deduction.promised)
    if taken < deduction.promised { deduction.cut = .cap }
    deduction.lines = ProportionalSpread.parts(of: taken, by: prices)
  }

  /// A gift card for some products pays for these alone; any other one for the shipping too.
  private func pay(_ voucher: BasketVoucher, _ deduction: inout Deduction) {
    let prices = basket.lines.indices.map { voucher.terms.products.holds(line($0)) ? left[$0] : 0 }
    let all = prices + [voucher.terms.products.isEverything ? shipping : 0]
    deduction.promised = all.reduce(0, +)
    let parts = ProportionalSpread.parts(of: min(voucher.credit, deduction.promised), by: all)
    deduction.lines = Array(parts.dropLast())
    deduction.shipping = parts[parts.count - 1]
    if deduction.total < deduction.promised { deduction.cut = .value }
  }
}
