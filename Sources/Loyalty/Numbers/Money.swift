/// An exact amount: whole minor units (cents, dong, fils) of one currency.
package struct Money: Hashable, Sendable {
  package var minorUnits: Int64
  package var currency: Currency

  package init(minorUnits: Int64, currency: Currency) {
    self.minorUnits = minorUnits
    self.currency = currency
  }

  /// What an event may state as one amount, either sign. Sums of `Transaction.linesMax` such amounts stay far from
  /// overflow.
  package static let largestMinorUnits: Int64 = 1_000_000_000_000_000

  /// What is read of one line's spend, either sign: its amount, its discount and its shares of what came off the whole.
  package static let largestOfLine: Int64 = 4 * largestMinorUnits
  /// What is read of a sum over a purchase's lines.
  package static let largestSum: Int64 = 1_000 * largestMinorUnits

  /// In the currency's own unit with all its decimals: `12.50`, `90000`.
  package var text: String {
    let exponent = Int(currency.exponent)
    let digits = String(minorUnits.magnitude)
    guard exponent > 0 else { return (minorUnits < 0 ? "-" : "") + digits }
    let padded = digits.count <= exponent ? String(repeating: "0", count: exponent + 1 - digits.count) + digits : digits
    return (minorUnits < 0 ? "-" : "") + padded.dropLast(exponent) + "." + padded.suffix(exponent)
  }
}
