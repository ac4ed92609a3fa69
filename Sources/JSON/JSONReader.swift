/// A pull parser over UTF-8 bytes that allocates nothing per field.
///
/// The caller drives it in the order of the document:
/// ```
/// try reader.beginObject()
/// while let key = try reader.nextKey() {
///   switch key {
///   case "id": id = try reader.string()
///   default: try reader.skipValue()
///   }
/// }
/// try reader.finish()
/// ```
/// It holds to RFC 8259: invalid UTF-8, control characters in strings, trailing commas, lone surrogates and bytes after
/// the value are errors. Keys come as they stand, duplicates included: who reads an object decides what a second key
/// of the same name means (`JSONValue` and the decoders of Contracts refuse it).
///
/// The bytes must stay alive and unchanged while the reader is. Not for sharing between threads.
@usableFromInline
package struct JSONReader: ~Copyable {
  @usableFromInline package let base: UnsafePointer<UInt8>
  @usableFromInline package let end: Int
  /// Offset of the next byte to read.
  @usableFromInline package var position = 0
  /// Offset of the value, or key, that was read last; what a decoder's own errors point at.
  @usableFromInline package var lastOffset = 0
  @usableFromInline package var depth = 0
  /// Bit n tells whether the open container at depth n has had an element.
  @usableFromInline package var hadElement: UInt64 = 0
  /// Strings with escapes are unescaped here, one after the other, so that what was handed out stays valid.
  @usableFromInline package var scratch: UnsafeMutablePointer<UInt8>?
  @usableFromInline package var scratchUsed = 0

  /// Objects and arrays may nest this deep, which keeps every recursive reader's stack small.
  @inlinable package static var depthMax: Int { 32 }

  @usableFromInline
  package enum Kind: Sendable { case object, array, string, number, bool, null }

  /// A place to come back to with `rewind(to:)`.
  @usableFromInline
  package struct Mark {
    @usableFromInline var position: Int
    @usableFromInline var depth: Int
    @usableFromInline var hadElement: UInt64
    @usableFromInline var scratchUsed: Int

    @inlinable
    init(position: Int, depth: Int, hadElement: UInt64, scratchUsed: Int) {
      self.position = position
      self.depth = depth
      self.hadElement = hadElement
      self.scratchUsed = scratchUsed
    }
  }

  @inlinable
  package init(_ bytes: UnsafeBufferPointer<UInt8>) {
    base = bytes.baseAddress ?? ("" as StaticString).utf8Start
    end = bytes.count
  }

  @inlinable
  package init(_ bytes: UnsafeRawBufferPointer) {
    self.init(bytes.assumingMemoryBound(to: UInt8.self))
  }

  deinit { scratch?.deallocate() }

  /// Everything that is being read.
  package var source: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: base, count: end) }

  @inlinable
  package var mark: Mark {
    Mark(position: position, depth: depth, hadElement: hadElement, scratchUsed: scratchUsed)
  }

  /// Goes back to a mark taken earlier. Text borrowed since then is no longer valid.
  @inlinable
  package mutating func rewind(to mark: Mark) {
    position = mark.position
    depth = mark.depth
    hadElement = mark.hadElement
    scratchUsed = mark.scratchUsed
  }

  // MARK: Structure

  /// What the next value is, without reading it.
  @inlinable
  package mutating func peek() throws(JSONError) -> Kind {
    switch try nextByte() {
    case UInt8(ascii: "{"): return .object
    case UInt8(ascii: "["): return .array
    case UInt8(ascii: "\""): return .string
    case UInt8(ascii: "t"), UInt8(ascii: "f"): return .bool
    case UInt8(ascii: "n"): return .null
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number
    default: throw error(.syntax, "expected a value", at: position)
    }
  }

  @inlinable
  package mutating func beginObject() throws(JSONError) {
    try open(UInt8(ascii: "{"), "expected an object")
  }

  /// The next key of the object that is open, its colon read, or nil at the object's end.
  @inlinable
  package mutating func nextKey() throws(JSONError) -> JSONText? {
    guard try advance(to: UInt8(ascii: "}"), "expected ',' or '}'") else { return nil }
    return try keyText()
  }

  @inlinable
  package mutating func beginArray() throws(JSONError) {
    try open(UInt8(ascii: "["), "expected an array")
  }

  /// Whether the array that is open has another element, which is then to be read.
  @inlinable
  package mutating func nextElement() throws(JSONError) -> Bool {
    try advance(to: UInt8(ascii: "]"), "expected ',' or ']'")
  }

  /// Refuses anything but white space after the value.
  @inlinable
  package mutating func finish() throws(JSONError) {
    skipWhitespace()
    guard position == end else { throw error(.trailingBytes, "unexpected bytes after the value", at: position) }
  }

  /// Reads past one value of any kind, checking it like any other.
  package mutating func skipValue() throws(JSONError) {
    switch try peek() {
    case .object:
      try beginObject()
      while try nextKey() != nil { try skipValue() }
    case .array:
      try beginArray()
      while try nextElement() { try skipValue() }
    case .string: _ = try text()
    case .number: _ = try number()
    case .bool: _ = try bool()
    case .null: try null()
    }
  }

  /// Reads past one value and returns its bytes exactly as they stand.
  package mutating func rawValue() throws(JSONError) -> JSONText {
    skipWhitespace()
    let start = position
    try skipValue()
    lastOffset = start
    return JSONText(start: base + start, count: position - start)
  }

  // MARK: Parts of the above

  /// The key that stands next, and its colon.
  @inlinable
  mutating func keyText() throws(JSONError) -> JSONText {
    guard try nextByte() == UInt8(ascii: "\"") else { throw error(.syntax, "expected a key", at: position) }
    let key = try scanString()
    guard try nextByte() == UInt8(ascii: ":") else { throw error(.syntax, "expected ':'", at: position) }
    position &+= 1
    return key
  }

  @inlinable
  mutating func open(_ byte: UInt8, _ expectation: StaticString) throws(JSONError) {
    guard try nextByte() == byte else { throw unexpected(expectation) }
    lastOffset = position
    position &+= 1
    depth &+= 1
    guard depth <= Self.depthMax else { throw error(.depth, "nested too deeply", at: lastOffset) }
    hadElement &= ~(1 &<< UInt64(truncatingIfNeeded: depth))
  }

  /// Moves to the next element of the open container, or past its `close`, when it returns false.
  @inline(__always) @inlinable
  mutating func advance(to close: UInt8, _ expectation: StaticString) throws(JSONError) -> Bool {
    let byte = try nextByte()
    if byte == close {
      position &+= 1
      depth &-= 1
      return false
    }
    let bit: UInt64 = 1 &<< UInt64(truncatingIfNeeded: depth)
    if hadElement & bit != 0 {
      guard byte == UInt8(ascii: ",") else { throw error(.syntax, expectation, at: position) }
      position &+= 1
    } else {
      hadElement |= bit
    }
    return true
  }

  /// The next byte that is not white space, not consumed.
  @inline(__always) @inlinable
  mutating func nextByte() throws(JSONError) -> UInt8 {
    skipWhitespace()
    guard position < end else { throw error(.endOfInput, "unexpected end of input", at: end) }
    return base[position]
  }

  @inline(__always) @inlinable
  mutating func skipWhitespace() {
    if position < end, base[position] <= 0x20 { skipWhitespaceRun() }
  }

  @usableFromInline @inline(never)
  mutating func skipWhitespaceRun() {
    while position < end {
      let byte = base[position]
      guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return }
      position &+= 1
    }
  }

  /// The error for a value of another kind, or for no value at all.
  @usableFromInline @inline(never)
  mutating func unexpected(_ expectation: StaticString) -> JSONError {
    do throws(JSONError) {
      _ = try peek()
      return error(.type, expectation, at: position)
    } catch {
      return error
    }
  }

  @usableFromInline @inline(never)
  package func error(_ kind: JSONError.Kind, _ message: StaticString, at offset: Int) -> JSONError {
    JSONError(kind, "\(message)", offset: offset, path: path(at: offset))
  }

  /// The JSON path of a byte offset. Walks the text again: for errors only.
  package func path(at offset: Int) -> String {
    JSONLocation.path(in: source, at: offset)
  }
}
