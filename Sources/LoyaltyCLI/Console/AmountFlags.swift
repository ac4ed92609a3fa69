import Loyalty
import ServiceKit

/// An amount that is told by two flags: `--amount` in the currency's own unit, and `--currency`.
struct AmountFlags {
  private let amount: Setting<String?>
  private let currency: Setting<String?>

  init(_ amount: Setting<String?>, _ currency: Setting<String?>) {
    self.amount = amount
    self.currency = currency
  }

  /// nil: no amount is told.
  func money(_ settings: Settings) throws -> Money? {
    guard let text = settings[amount] else { return nil }
    guard let known = settings[currency].flatMap({ Currency.known($0) }) else {
      throw ConfigurationError([settings.problem(currency, "needs the amount's currency, such as VND")])
    }
    guard let value = ExactDecimal(text)?.minorUnits(exponent: known.exponent),
      (0...Money.largestMinorUnits).contains(value)
    else {
      throw ConfigurationError([
        settings.problem(amount, "needs an amount with at most \(known.exponent) decimals, such as 120000")
      ])
    }
    return Money(minorUnits: value, currency: known)
  }
}

extension Money {
  /// As people read it: 20000 VND, 12.50 EUR.
  var words: String {
    ExactDecimal(minorUnits: minorUnits, exponent: currency.exponent).text(digits: currency.exponent)
      + " \(currency.code)"
  }
}
