import JSON
import Loyalty

/// What a return tells of the money that was given back, as it was read. What is told twice must agree.
struct ReturnParts {
  var lines: [RawLine]
  var refund: RawAmount?
  var total: RawAmount?
  var shipping: RawAmount?
  var tax: RawAmount?

  func returned(of purchaseId: String, _ exponent: UInt8, _ reader: borrowing JSONReader) throws -> Return {
    let refund = try refund.minorUnits(exponent, .notNegative, reader)
    if refund == nil, lines.isEmpty {
      throw ContractViolation(.noLines, at: "$", "$ must name what was returned, in lines or as a refund amount.")
    }
    let returned = Return(
      purchaseId: purchaseId, lines: try lines.map { try $0.returnedLine(exponent, reader) }, refund: refund,
      shipping: try shipping.minorUnits(exponent, .notNegative, reader), tax: try taxTold(exponent, reader))
    try check(returned, exponent, reader)
    return returned
  }

  /// Where the lines alone tell it, their sum.
  private func taxTold(_ exponent: UInt8, _ reader: borrowing JSONReader) throws -> Int64? {
    let told = try tax.minorUnits(exponent, .notNegative, reader)
    guard !lines.isEmpty, lines.allSatisfy({ $0.tax != nil }) else { return told }
    let sum = try lines.reduce(Int64(0)) { $0 + (try $1.tax.minorUnits(exponent, .notNegative, reader) ?? 0) }
    if let tax, let told, told != sum { throw mismatch("is not what the lines' tax sums to", tax, reader) }
    return sum
  }

  /// The whole that is told is the lines with shipping and tax, as far as these are told.
  private func check(_ returned: Return, _ exponent: UInt8, _ reader: borrowing JSONReader) throws {
    let amounts = try lines.map { try $0.net(exponent, reader) }
    let parts = amounts.reduce((returned.shipping ?? 0) + (returned.tax ?? 0)) { $0 + max(0, $1 ?? 0) }
    let isWhole = !lines.isEmpty && !amounts.contains(nil)
    // The lines' tax alone may come to more, and it is written down as one amount.
    guard parts <= Money.largestMinorUnits else {
      throw reader.violation(
        .amountOutOfRange, "with what came back beside it sums to more than an amount may be",
        at: lines.first?.offset ?? 0)
    }
    let wholes = [refund, total].compactMap { $0 }
    for whole in wholes {
      let told = try whole.minorUnits(exponent, .notNegative, reader)
      guard told == parts || !isWhole && told > parts else {
        throw mismatch("is not what lines, shipping and tax sum to", whole, reader)
      }
      guard told == returned.refund ?? told else { throw mismatch("is not the refund", whole, reader) }
    }
  }

  private func mismatch(_ what: String, _ amount: RawAmount, _ reader: borrowing JSONReader) -> ContractViolation {
    reader.violation(.totalMismatch, what, at: amount.offset)
  }
}
