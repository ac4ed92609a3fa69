import JSON
import Loyalty

/// An amount as it was read, before the event's currency is known.
struct RawAmount {
  var decimal: ExactDecimal
  /// As it was written, zeros at the end among them.
  var decimals: UInt8
  /// Byte offset in the event, for errors.
  var offset: Int

  enum Sign { case anySign, notNegative }

  init(reading reader: inout JSONReader) throws {
    let (value, written) = try reader.writtenDecimal(orThrow: .invalidAmount)
    decimal = value
    decimals = UInt8(clamping: written)
    offset = reader.lastOffset
  }

  func minorUnits(_ exponent: UInt8, _ sign: Sign, _ reader: borrowing JSONReader) throws -> Int64 {
    guard decimals <= exponent else {
      throw reader.violation(.tooManyDecimals, "has more decimals than the currency's \(exponent)", at: offset)
    }
    guard let amount = decimal.minorUnits(exponent: exponent), amount.magnitude <= Money.largestMinorUnits.magnitude
    else { throw reader.violation(.amountOutOfRange, "is larger than an amount may be", at: offset) }
    guard amount >= 0 || sign == .anySign else {
      throw reader.violation(.negativeAmount, "must not be negative", at: offset)
    }
    return amount
  }
}

extension RawAmount? {
  func minorUnits(_ exponent: UInt8, _ sign: RawAmount.Sign, _ reader: borrowing JSONReader) throws -> Int64? {
    guard let self else { return nil }
    return try self.minorUnits(exponent, sign, reader)
  }
}
