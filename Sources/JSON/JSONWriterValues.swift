/// Values, and fields of objects.
extension JSONWriter {
  @inlinable
  package mutating func string(_ value: String) {
    if value.utf8.withContiguousStorageIfAvailable({ string($0) }) == nil {
      var copy = value
      copy.withUTF8 { string($0) }
    }
  }

  /// A string given as valid UTF-8. Copied eight bytes at a time while none of them needs an escape, the last eight
  /// together with some that were copied before.
  @inlinable
  package mutating func string(_ utf8: UnsafeBufferPointer<UInt8>) {
    separate()
    reserve(utf8.count &+ 2)
    base[count] = UInt8(ascii: "\"")
    count &+= 1
    var index = 0
    while index < utf8.count {
      if utf8.count >= 8 {
        let start = min(index, utf8.count &- 8)
        let word = UnsafeRawBufferPointer(utf8).loadUnaligned(fromByteOffset: start, as: UInt64.self)
        if JSONReader.escapedBytes(in: word) == 0 {
          UnsafeMutableRawPointer(base + (count &- (index &- start))).storeBytes(of: word, as: UInt64.self)
          count &+= start &+ 8 &- index
          index = start &+ 8
          continue
        }
      }
      let byte = utf8[index]
      if byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") {
        escape(byte, bytesLeft: utf8.count &- index)
      } else {
        base[count] = byte
        count &+= 1
      }
      index &+= 1
    }
    put(UInt8(ascii: "\""))
  }

  @inlinable
  package mutating func integer(_ value: Int64) {
    separate()
    reserve(20)
    if value < 0 { put(UInt8(ascii: "-")) }
    digits(value.magnitude, atLeast: 1)
  }

  @inlinable
  package mutating func bool(_ value: Bool) { raw(value ? "true" : "false") }

  package mutating func null() { raw("null") }

  /// JSON text that is already known to be one valid value.
  @inlinable
  package mutating func raw(_ json: UnsafeBufferPointer<UInt8>) {
    separate()
    guard let start = json.baseAddress else { return }
    reserve(json.count)
    (base + count).update(from: start, count: json.count)
    count &+= json.count
  }

  @inlinable
  package mutating func raw(_ json: StaticString) {
    raw(UnsafeBufferPointer(start: json.utf8Start, count: json.utf8CodeUnitCount))
  }

  /// An amount as a decimal string in the currency's own unit: 1250 with exponent 2 is `"12.50"`.
  @inlinable
  package mutating func decimal(minorUnits: Int64, exponent: UInt8) {
    separate()
    reserve(28)
    put(UInt8(ascii: "\""))
    if minorUnits < 0 { put(UInt8(ascii: "-")) }
    var scale: UInt64 = 1
    for _ in 0..<exponent { scale &*= 10 }
    let (whole, fraction) = minorUnits.magnitude.quotientAndRemainder(dividingBy: scale)
    digits(whole, atLeast: 1)
    if exponent > 0 {
      put(UInt8(ascii: "."))
      digits(fraction, atLeast: Int(exponent))
    }
    put(UInt8(ascii: "\""))
  }

  // MARK: Fields

  @inlinable
  package mutating func field(_ name: StaticString, _ value: String) {
    key(name)
    string(value)
  }

  /// Leaves the field out where there is no value.
  @inlinable
  package mutating func field(_ name: StaticString, _ value: String?) {
    if let value { field(name, value) }
  }

  @inlinable
  package mutating func field(_ name: StaticString, _ value: Int64) {
    key(name)
    integer(value)
  }

  @inlinable
  package mutating func field(_ name: StaticString, _ value: Int) {
    field(name, Int64(value))
  }

  @inlinable
  package mutating func field(_ name: StaticString, _ value: Bool) {
    key(name)
    bool(value)
  }

  @inlinable
  package mutating func field(_ name: StaticString, minorUnits: Int64, exponent: UInt8) {
    key(name)
    decimal(minorUnits: minorUnits, exponent: exponent)
  }

  @inlinable
  package mutating func field(_ name: StaticString, milliseconds: Int64) {
    key(name)
    instant(milliseconds: milliseconds)
  }

  // MARK: Parts of the above

  /// Decimal digits, with leading zeros up to `atLeast` of them.
  @inlinable
  mutating func digits(_ value: UInt64, atLeast: Int) {
    var length = 1
    var bound: UInt64 = 10
    // 20 digits are the most that 64 bits have.
    while value >= bound, length < 20 {
      bound &*= 10
      length &+= 1
    }
    length = max(length, atLeast)
    reserve(length)
    var rest = value
    var index = count &+ length
    while index > count {
      index &-= 1
      base[index] = UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: rest % 10)
      rest /= 10
    }
    count &+= length
  }

  /// Writes one byte as an escape and makes room for what is left of the string, closing quote included.
  @usableFromInline @inline(never)
  mutating func escape(_ byte: UInt8, bytesLeft: Int) {
    reserve(bytesLeft + 8)
    put(UInt8(ascii: "\\"))
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"): put(byte)
    case 0x0A: put(UInt8(ascii: "n"))
    case 0x0D: put(UInt8(ascii: "r"))
    case 0x09: put(UInt8(ascii: "t"))
    default:
      put(UInt8(ascii: "u"))
      for nibble in [0, 0, byte >> 4, byte & 0x0F] {
        put(nibble < 10 ? UInt8(ascii: "0") + nibble : UInt8(ascii: "a") + nibble - 10)
      }
    }
  }
}
