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

  /// Compares without allocating, so that decoders can `switch` over keys.
  @inlinable
  package static func == (text: JSONText, literal: StaticString) -> Bool {
    guard text.count == literal.utf8CodeUnitCount else { return false }
    let other = literal.utf8Start
    var index = 0
    while index < text.count {
      if text.start[index] != other[index] { return false }
      index &+= 1
    }
    return true
  }

  @inlinable
  package static func ~= (literal: StaticString, text: JSONText) -> Bool { text == literal }
}
