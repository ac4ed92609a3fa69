/// The order in which the keys of like objects stand, as the lines of a purchase: learned as they come.
///
/// A key that comes as it did before, if others that came before it are left out or not, is told by sixteen bytes,
/// colon included: it is neither scanned nor looked for among the known ones. Any other is read as `nextKey()` does.
@usableFromInline
package struct KeyOrder<Field> {
  @usableFromInline
  struct Place {
    /// What stands there from the opening quote to the colon, and zeros.
    @usableFromInline var text: (UInt64, UInt64)
    /// Ones for the bytes that count.
    @usableFromInline var mask: (UInt64, UInt64)
    @usableFromInline var length: Int
    @usableFromInline var field: Field

    @inlinable
    init(_ start: UnsafePointer<UInt8>, length: Int, _ field: Field) {
      let ones = UInt64.max
      // Shifts of 64 and more leave nothing.
      mask = (ones >> UInt64(max(0, 64 - 8 * length)), ones >> UInt64(min(64, 128 - 8 * length)))
      let word = Self.words(start)
      text = (word.0 & mask.0, word.1 & mask.1)
      self.length = length
      self.field = field
    }

    @inline(__always) @inlinable
    func matches(_ start: UnsafePointer<UInt8>) -> Bool {
      let word = Self.words(start)
      return (word.0 & mask.0) ^ text.0 | (word.1 & mask.1) ^ text.1 == 0
    }

    /// The first byte lowest.
    @inline(__always) @inlinable
    static func words(_ start: UnsafePointer<UInt8>) -> (UInt64, UInt64) {
      let bytes = UnsafeRawPointer(start)
      return (
        UInt64(littleEndian: bytes.loadUnaligned(as: UInt64.self)),
        UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
      )
    }
  }

  @usableFromInline var places: [Place] = []
  /// The first that the next key in the object that is open may have.
  @usableFromInline var next = 0

  /// More are begun with anew.
  @inlinable static var placesMax: Int { 16 }
  /// Longer keys are read each time.
  @inlinable static var bytesMax: Int { 16 }

  @inlinable package init() {}

  /// An object was opened.
  @inlinable package mutating func begin() { next = 0 }

  @usableFromInline @inline(never)
  mutating func learn(_ start: UnsafePointer<UInt8>, length: Int, _ field: Field) {
    guard length <= Self.bytesMax else { return }
    if places.count == Self.placesMax {
      places.removeAll(keepingCapacity: true)
      next = 0
    }
    places.insert(Place(start, length: length, field), at: next)
    next += 1
  }
}

extension JSONReader {
  /// The field that the next key of the open object stands for, its colon read, or nil at the object's end.
  ///
  /// - Parameters:
  ///   - order: of objects like this one; `begin()` was called when it was opened.
  ///   - named: what a key stands for.
  @inline(__always) @inlinable
  package mutating func nextKey<Field>(
    _ order: inout KeyOrder<Field>, named: (JSONText) -> Field
  ) throws(JSONError) -> Field? {
    guard try advance(to: UInt8(ascii: "}"), "expected ',' or '}'") else { return nil }
    skipWhitespace()
    let start = position
    guard end &- start >= KeyOrder<Field>.bytesMax else { return named(try keyText()) }
    var index = order.next
    while index < order.places.count {
      let place = order.places[index]
      index &+= 1
      guard place.matches(base + start) else { continue }
      order.next = index
      lastOffset = start
      position = start &+ place.length
      return place.field
    }
    let field = named(try keyText())
    order.learn(base + start, length: position &- start, field)
    return field
  }
}
