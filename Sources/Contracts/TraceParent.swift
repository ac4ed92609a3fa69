/// Which trace an event belongs to, and which step of it caused the event: the header `traceparent` of W3C Trace
/// Context in its version 00, which has 55 characters.
///
/// The only form in which one is read, kept or written: what is anything else is none.
package struct TraceParent: Equatable, Sendable {
  package static let header: StaticString = "traceparent"
  /// The same as an attribute of a CloudEvent in binary mode; in structured mode it is a field of the envelope.
  package static let attributeHeader: StaticString = "ce_traceparent"
  package static let byteCount = 55

  private let traceHigh: UInt64
  private let traceLow: UInt64
  private let parent: UInt64
  private let flags: UInt8

  /// Nil for anything but `00-<32 hex>-<16 hex>-<2 hex>` in lower case, and for ids of zeros alone.
  package init?(_ bytes: UnsafeRawBufferPointer) {
    guard bytes.count == Self.byteCount, bytes[0] == Self.zero, bytes[1] == Self.zero, bytes[2] == Self.dash,
      bytes[35] == Self.dash, bytes[52] == Self.dash,
      let high = Self.number(bytes, 3..<19), let low = Self.number(bytes, 19..<35),
      let parent = Self.number(bytes, 36..<52), let flags = Self.number(bytes, 53..<55),
      high | low != 0, parent != 0
    else { return nil }
    traceHigh = high
    traceLow = low
    self.parent = parent
    self.flags = UInt8(truncatingIfNeeded: flags)
  }

  package init?(_ text: String) {
    var text = text
    guard let own = text.withUTF8({ TraceParent(UnsafeRawBufferPointer($0)) }) else { return nil }
    self = own
  }

  /// Lends the 55 characters.
  package func withBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
    try withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Self.byteCount) { buffer in
      buffer.initialize(repeating: Self.dash)
      buffer[0] = Self.zero
      buffer[1] = Self.zero
      Self.write(traceHigh, to: buffer, 3..<19)
      Self.write(traceLow, to: buffer, 19..<35)
      Self.write(parent, to: buffer, 36..<52)
      Self.write(UInt64(flags), to: buffer, 53..<55)
      return try body(UnsafeRawBufferPointer(buffer))
    }
  }

  package var text: String { withBytes { String(decoding: $0, as: UTF8.self) } }

  private static let zero = UInt8(ascii: "0")
  private static let dash = UInt8(ascii: "-")

  private static func number(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) -> UInt64? {
    var number: UInt64 = 0
    for index in range {
      switch bytes[index] {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): number = number << 4 | UInt64(bytes[index] - UInt8(ascii: "0"))
      case UInt8(ascii: "a")...UInt8(ascii: "f"): number = number << 4 | UInt64(bytes[index] - UInt8(ascii: "a") + 10)
      default: return nil
      }
    }
    return number
  }

  private static func write(_ number: UInt64, to buffer: UnsafeMutableBufferPointer<UInt8>, _ range: Range<Int>) {
    var rest = number
    for index in range.reversed() {
      let digit = UInt8(rest & 15)
      buffer[index] = digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10
      rest >>= 4
    }
  }
}
