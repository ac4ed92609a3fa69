import JSON
import Loyalty

/// Fields as the contract knows them.
extension JSONWriter {
  /// An instant; left out where there is none.
  package mutating func field(_ name: StaticString, _ value: Instant?) {
    if let value { field(name, milliseconds: value.milliseconds) }
  }

  package mutating func field(_ name: StaticString, _ value: Points) { field(name, value.value) }

  /// An amount of money; left out where it is zero.
  package mutating func amount(_ name: StaticString, _ minorUnits: Int64, _ exponent: UInt8) {
    if minorUnits != 0 { field(name, minorUnits: minorUnits, exponent: exponent) }
  }

  /// A decimal as text, as `ExactDecimal.text` has it.
  package mutating func field(_ name: StaticString, _ value: ExactDecimal) {
    field(name, minorUnits: value.significand, exponent: value.scale)
  }

  /// A decimal as a JSON number with its exact digits.
  package mutating func number(_ value: ExactDecimal) {
    if value.isWhole {
      integer(value.significand)
    } else {
      var text = value.text
      text.withUTF8 { raw($0) }
    }
  }

  /// A literal as a JSON string; it must need no escapes.
  package mutating func raw(string literal: StaticString) {
    string(UnsafeBufferPointer(start: literal.utf8Start, count: literal.utf8CodeUnitCount))
  }

  package mutating func field(_ name: StaticString, literal: StaticString) {
    key(name)
    raw(string: literal)
  }
}
