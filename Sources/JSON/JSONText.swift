import Glibc

/// A stretch of JSON text (a key, a string's contents or a number's digits), borrowed from the reader.
///
/// Valid only while the reader and the bytes it reads are alive: make a `String` of it to keep it.
@usableFromInline
package struct JSONText {
  @usableFromInline package let start: UnsafePointer<UInt8>
  @usableFromInline package let count: Int

  @inlinable
  package init(start: UnsafePointer<UInt8>, count: Int) {
    self.start = start
    self.count = count
  }

  @inlinable package var isEmpty: Bool { count == 0 }

  /// The UTF-8 bytes, already validated by the reader.
  @inlinable
  package var bytes: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: start, count: count) }

  /// A copy that outlives the reader. Strings of up to 15 bytes take no allocation.
  @inlinable
  package var string: String {
    // Twice as quick for the many that need no allocation.
    guard count > 15 else { return String(unsafeUninitializedCapacity: count) { $0.update(fromContentsOf: bytes) } }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Compares without allocating, so that decoders can `switch` over keys. Inlined, a literal's length and bytes are
  /// known, and the comparison is one of words.
  @inline(__always) @inlinable
  package static func == (text: JSONText, literal: StaticString) -> Bool {
    let count = literal.utf8CodeUnitCount
    return text.count == count && memcmp(text.start, literal.utf8Start, count) == 0
  }

  @inline(__always) @inlinable
  package static func ~= (literal: StaticString, text: JSONText) -> Bool { text == literal }
}
