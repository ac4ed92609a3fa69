import Loyalty
import Rewards
import TestValues

/// Baskets and vouchers as tests write them down.
enum Till {
  /// Cents of `9.99`.
  static func cents(_ text: String) -> Int64 {
    guard let cents = decimal(text).minorUnits(exponent: 2) else { preconditionFailure("not cents: \(text)") }
    return cents
  }

  /// One line for each text: an amount, or `2x10` for two at 10 each. Articles are called S0, S1 …
  static func basket(_ lines: [String], shipping: String = "0") -> Basket {
    let made = lines.enumerated().map { place, text in
      let parts = text.split(separator: "x").map(String.init)
      let quantity = parts.count == 2 ? Int64(parts[0]) ?? 0 : 1
      return BasketLine(sku: "S\(place)", quantity: quantity, amount: quantity * cents(parts[parts.count - 1]))
    }
    return Basket(currency: usd, lines: made, shipping: cents(shipping))
  }

  static func amount(
    _ text: String, per: AmountOff.Per = .basket, spread: AmountOff.Spread = .amount, unitsPerLineMax: Int64? = nil
  ) -> VoucherEffect {
    .amount(AmountOff(cents(text), per: per, spread: spread, unitsPerLineMax: unitsPerLineMax))
  }

  static func percent(_ text: String, cap: String? = nil) -> VoucherEffect {
    .percent(decimal(text), cap: cap.map(cents))
  }

  static func only(_ skus: String...) -> ProductSelection { ProductSelection(skus: .init(include: Set(skus))) }

  static func voucher(
    _ effect: VoucherEffect, _ id: String = "V", products: ProductSelection = .init(),
    minimum: VoucherTerms.Minimum? = nil, isCombinable: Bool = true, credit: String = "0", room: UnitRoom = .init()
  ) -> BasketVoucher {
    BasketVoucher(
      id: id, terms: VoucherTerms(effect, products: products, minimum: minimum, isCombinable: isCombinable),
      credit: cents(credit), room: room)
  }

  static func card(_ value: String, _ id: String = "G") -> BasketVoucher { voucher(.credit, id, credit: value) }

  /// What one effect takes off each line, in the currency's own unit.
  static func off(_ effect: VoucherEffect, _ lines: [String], products: ProductSelection = .init()) -> [String] {
    let answer = BasketDiscounts.apply([voucher(effect, products: products)], to: basket(lines))
    return answer.deductions[0].lines.map(money)
  }

  static func toPay(_ vouchers: [BasketVoucher], _ basket: Basket) -> String {
    money(BasketDiscounts.apply(vouchers, to: basket).toPay)
  }

  static func money(_ cents: Int64) -> String { ExactDecimal(minorUnits: cents, exponent: 2).text }
}
