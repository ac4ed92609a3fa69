/// Strings, numbers and literals.
extension JSONReader {
  /// A string's contents: borrowed from the input, or from the scratch memory where it holds escapes.
  @inlinable
  package mutating func text() throws(JSONError) -> JSONText {
    guard try nextByte() == UInt8(ascii: "\"") else { throw unexpected("expected a string") }
    return try scanString()
  }

  /// A copy of a string's contents.
  @inlinable
  package mutating func string() throws(JSONError) -> String { try text().string }

  /// A number as its exact text, checked against JSON's grammar, so that no digit is lost on the way to money.
  @inlinable
  package mutating func number() throws(JSONError) -> JSONText {
    let first = try nextByte()
    guard first == UInt8(ascii: "-") || isDigit(first) else { throw unexpected("expected a number") }
    let start = position
    lastOffset = start
    var index = start
    if first == UInt8(ascii: "-") { index &+= 1 }
    let whole = skipDigits(from: index)
    guard whole > index, base[index] != UInt8(ascii: "0") || whole == index &+ 1 else {
      throw error(.syntax, "not a JSON number", at: start)
    }
    index = whole
    if index < end, base[index] == UInt8(ascii: ".") {
      let fraction = skipDigits(from: index &+ 1)
      guard fraction > index &+ 1 else { throw error(.syntax, "not a JSON number", at: start) }
      index = fraction
    }
    if index < end, base[index] | 0x20 == UInt8(ascii: "e") {
      index &+= 1
      if index < end, base[index] == UInt8(ascii: "+") || base[index] == UInt8(ascii: "-") { index &+= 1 }
      let exponent = skipDigits(from: index)
      guard exponent > index else { throw error(.syntax, "not a JSON number", at: start) }
      index = exponent
    }
    position = index
    return JSONText(start: base + start, count: index &- start)
  }

  /// A number without fraction or exponent that fits in 64 bits; any other number is a `type` error.
  @inlinable
  package mutating func integer() throws(JSONError) -> Int64 {
    let digits = try number()
    guard let value = Int64(digits: digits) else { throw error(.type, "expected a whole number", at: lastOffset) }
    return value
  }

  @inlinable
  package mutating func bool() throws(JSONError) -> Bool {
    switch try nextByte() {
    case UInt8(ascii: "t"):
      try literal("true")
      return true
    case UInt8(ascii: "f"):
      try literal("false")
      return false
    default:
      throw unexpected("expected true or false")
    }
  }

  @inlinable
  package mutating func null() throws(JSONError) {
    guard try nextByte() == UInt8(ascii: "n") else { throw unexpected("expected null") }
    try literal("null")
  }

  /// Reads `null` where it stands next; leaves any other value to be read.
  @inlinable
  package mutating func isNull() throws(JSONError) -> Bool {
    guard try nextByte() == UInt8(ascii: "n") else { return false }
    try literal("null")
    return true
  }

  @inlinable
  mutating func literal(_ word: StaticString) throws(JSONError) {
    lastOffset = position
    let length = word.utf8CodeUnitCount
    guard end &- position >= length, JSONText(start: base + position, count: length) == word else {
      throw error(.syntax, "expected a value", at: position)
    }
    position &+= length
  }

  @inlinable
  func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") <= 9 }

  @inlinable
  func skipDigits(from start: Int) -> Int {
    var index = start
    while index < end, isDigit(base[index]) { index &+= 1 }
    return index
  }
}

extension Int64 {
  /// The value of `-?[0-9]+`; nil for anything else and on overflow.
  @inlinable
  package init?(digits text: JSONText) {
    var index = 0
    let isNegative = text.count > 0 && text.start[0] == UInt8(ascii: "-")
    if isNegative { index = 1 }
    guard index < text.count else { return nil }
    var value: Int64 = 0
    while index < text.count {
      let digit = text.start[index] &- UInt8(ascii: "0")
      guard digit <= 9 else { return nil }
      let (product, overflow) = value.multipliedReportingOverflow(by: 10)
      // Counting down from zero reaches Int64.min, which counting up cannot.
      let (sum, carry) = product.subtractingReportingOverflow(Int64(digit))
      guard !overflow, !carry else { return nil }
      value = sum
      index &+= 1
    }
    if isNegative {
      self = value
    } else {
      guard value != .min else { return nil }
      self = -value
    }
  }
}
