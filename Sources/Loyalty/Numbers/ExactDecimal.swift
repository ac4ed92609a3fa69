/// A decimal number held exactly: `significand ÷ 10^scale`, without trailing zeros, so equal numbers are equal values.
package struct ExactDecimal: Hashable, Sendable {
  package let significand: Int64
  package let scale: UInt8

  package static let zero = ExactDecimal(0)
  package static let one = ExactDecimal(1)
  package static let scaleMax: UInt8 = 18

  package init(_ whole: Int64) {
    significand = whole
    scale = 0
  }

  /// An amount in minor units as a number of the currency's own unit.
  package init(minorUnits: Int64, exponent: UInt8) {
    self.init(significand: minorUnits, scale: exponent)
  }

  package init(significand: Int64, scale: UInt8) {
    precondition(scale <= ExactDecimal.scaleMax, "a decimal with more than 18 fraction digits")
    var significand = significand
    var scale = scale
    while scale > 0, significand % 10 == 0 {
      significand /= 10
      scale -= 1
    }
    self.significand = significand
    self.scale = scale
  }

  package init?(_ text: String) {
    var text = text
    guard let value = text.withUTF8({ ExactDecimal($0) }) else { return nil }
    self = value
  }

  /// Reads `90000`, `12.50`, `-0.10`, and the exponent forms a JSON number may have (`1e2`). nil when the bytes are not
  /// such a number (JSON's grammar: no `+`, no bare point, no leading zeros), or do not fit 64 bits and 18 decimals.
  package init?(_ bytes: UnsafeBufferPointer<UInt8>) {
    guard let written = ExactDecimal.written(bytes) else { return nil }
    self = written.value
  }

  /// The same with how many decimals it is written, zeros at its end among them: 3 of `45.000`, 0 of `1.5e1`.
  package static func written(_ bytes: UnsafeBufferPointer<UInt8>) -> (value: ExactDecimal, decimals: Int)? {
    if let plain = plain(bytes) { return plain }
    return ExactDecimal(any: bytes).map { ($0, writtenDecimals(bytes)) }
  }

  /// The usual case, `90000` or `12.50` of so few digits that nothing can overflow; nil for anything else.
  private static func plain(_ bytes: UnsafeBufferPointer<UInt8>) -> (value: ExactDecimal, decimals: Int)? {
    let count = bytes.count
    guard count > 0, count <= 18, bytes[0] != UInt8(ascii: "0") || count == 1 || bytes[1] == UInt8(ascii: ".") else {
      return nil
    }
    var value: Int64 = 0
    var point = count
    for index in 0..<count {
      let digit = bytes[index] &- UInt8(ascii: "0")
      if digit < 10 {
        value = value &* 10 &+ Int64(digit)
      } else {
        guard bytes[index] == UInt8(ascii: "."), point == count, index > 0, index + 1 < count else { return nil }
        point = index
      }
    }
    let decimals = max(0, count - point - 1)
    return (ExactDecimal(significand: value, scale: UInt8(decimals)), decimals)
  }

  private init?(any bytes: UnsafeBufferPointer<UInt8>) {
    var index = 0
    let count = bytes.count
    let isNegative = count > 0 && bytes[0] == UInt8(ascii: "-")
    if isNegative { index = 1 }
    let integerStart = index
    var value: Int64 = 0
    var fractionDigits = 0
    var trailingZeros = 0
    func take(_ digit: UInt8) -> Bool {
      let (product, overflow) = value.multipliedReportingOverflow(by: 10)
      guard !overflow else { return false }
      let (sum, carried) = product.addingReportingOverflow(Int64(digit))
      value = sum
      return !carried
    }
    while index < count, case let digit = bytes[index] &- UInt8(ascii: "0"), digit < 10 {
      guard take(digit) else { return nil }
      index += 1
    }
    guard index > integerStart, index - integerStart == 1 || bytes[integerStart] != UInt8(ascii: "0") else {
      return nil
    }
    if index < count, bytes[index] == UInt8(ascii: ".") {
      index += 1
      let fractionStart = index
      // Zeros are held back until a digit follows, so that "1.000000000000000000000" fits.
      while index < count, case let digit = bytes[index] &- UInt8(ascii: "0"), digit < 10 {
        index += 1
        if digit == 0 {
          trailingZeros += 1
          continue
        }
        while trailingZeros > 0 {
          guard take(0) else { return nil }
          fractionDigits += 1
          trailingZeros -= 1
        }
        guard take(digit) else { return nil }
        fractionDigits += 1
      }
      guard index > fractionStart else { return nil }
    }
    var shift = 0
    if index < count, bytes[index] | 0x20 == UInt8(ascii: "e") {
      guard let exponent = jsonExponent(bytes, at: index + 1) else { return nil }
      shift = exponent
      index = count
    }
    guard index == count else { return nil }
    self.init(isNegative ? -value : value, scale: value == 0 ? 0 : fractionDigits - shift)
  }

  /// nil where it does not fit. Zeros at the end are given up where there are too many decimals.
  private init?(_ number: Int64, scale exact: Int) {
    var number = number
    var scale = exact
    while scale < 0 {
      let (product, overflow) = number.multipliedReportingOverflow(by: 10)
      guard !overflow else { return nil }
      number = product
      scale += 1
    }
    while scale > Int(ExactDecimal.scaleMax), number % 10 == 0 {
      number /= 10
      scale -= 1
    }
    guard scale <= Int(ExactDecimal.scaleMax) else { return nil }
    self.init(significand: number, scale: UInt8(scale))
  }

  private static func writtenDecimals(_ bytes: UnsafeBufferPointer<UInt8>) -> Int {
    var index = bytes.count
    var digits = bytes.count
    var shift = 0
    while index > 0 {
      index -= 1
      if bytes[index] == UInt8(ascii: ".") { return max(0, digits - index - 1 - shift) }
      if bytes[index] | 0x20 == UInt8(ascii: "e") {
        digits = index
        shift = jsonExponent(bytes, at: index + 1) ?? 0
      }
    }
    return max(0, -shift)
  }

  package var isNegative: Bool { significand < 0 }
  package var isWhole: Bool { scale == 0 }

  /// The number in units of `10^-exponent`; nil when it has more decimals than that, or does not fit.
  package func minorUnits(exponent: UInt8) -> Int64? {
    guard scale <= exponent else { return nil }
    let (product, overflow) = significand.multipliedReportingOverflow(by: powerOfTen(exponent - scale))
    return overflow ? nil : product
  }

  /// Plain decimal digits, as few as the value needs.
  package var text: String {
    guard scale > 0 else { return String(significand) }
    let digits = String(significand.magnitude)
    let width = Int(scale) + 1
    let padded = digits.count < width ? String(repeating: "0", count: width - digits.count) + digits : digits
    return (isNegative ? "-" : "") + padded.dropLast(Int(scale)) + "." + padded.suffix(Int(scale))
  }
}

extension ExactDecimal: Comparable {
  package static func < (left: ExactDecimal, right: ExactDecimal) -> Bool {
    Int128(left.significand) * Int128(powerOfTen(right.scale)) < Int128(right.significand)
      * Int128(powerOfTen(left.scale))
  }
}

/// The exponent after `e`, held to ±99 because nothing larger can fit; nil when it is not digits with an optional sign.
private func jsonExponent(_ bytes: UnsafeBufferPointer<UInt8>, at start: Int) -> Int? {
  var index = start
  var sign = 1
  if index < bytes.count, bytes[index] == UInt8(ascii: "-") || bytes[index] == UInt8(ascii: "+") {
    sign = bytes[index] == UInt8(ascii: "-") ? -1 : 1
    index += 1
  }
  guard index < bytes.count else { return nil }
  var exponent = 0
  while index < bytes.count {
    let digit = bytes[index] &- UInt8(ascii: "0")
    guard digit < 10 else { return nil }
    exponent = min(exponent * 10 + Int(digit), 99)
    index += 1
  }
  return sign * exponent
}

private let powersOfTen: [Int64] = (0...18).map { count in (0..<count).reduce(1) { power, _ in power * 10 } }

func powerOfTen(_ exponent: UInt8) -> Int64 {
  powersOfTen[Int(exponent)]
}
