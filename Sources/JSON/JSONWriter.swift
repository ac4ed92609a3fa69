/// Writes JSON into memory of its own that it keeps, so that a writer that is used again allocates nothing.
///
/// ```
/// writer.reset()
/// writer.beginObject()
/// writer.field("id", entry.id)
/// writer.endObject()
/// producer.send(writer.bytes)
/// ```
/// Commas are its business, balance is the caller's. Not for sharing between threads.
@usableFromInline
package struct JSONWriter: ~Copyable {
  @usableFromInline package var base: UnsafeMutablePointer<UInt8>
  @usableFromInline package var capacity: Int
  /// Bytes written since `reset`.
  @usableFromInline package var count = 0
  @usableFromInline package var needsComma = false
  /// Days written last, each at the place that its two lowest bits name.
  var dates: InlineArray<4, WrittenDate>

  package init(capacity: Int = 1024) {
    self.capacity = max(capacity, 64)
    base = .allocate(capacity: self.capacity)
    dates = InlineArray(repeating: WrittenDate(day: 0))
  }

  deinit { base.deallocate() }

  /// Forgets what was written and keeps the memory.
  @inlinable
  package mutating func reset() {
    count = 0
    needsComma = false
  }

  /// A copy of what was written.
  @inlinable
  package var bytes: [UInt8] { Array(UnsafeBufferPointer(start: base, count: count)) }

  package var string: String { String(decoding: UnsafeBufferPointer(start: base, count: count), as: UTF8.self) }

  /// What was written, valid inside `body` only.
  @inlinable
  package borrowing func withBytes<R, E: Error>(_ body: (UnsafeRawBufferPointer) throws(E) -> R) throws(E) -> R {
    try body(UnsafeRawBufferPointer(start: base, count: count))
  }

  // MARK: Structure

  @inlinable
  package mutating func beginObject() {
    separate()
    put(UInt8(ascii: "{"))
    needsComma = false
  }

  @inlinable
  package mutating func endObject() {
    put(UInt8(ascii: "}"))
    needsComma = true
  }

  @inlinable
  package mutating func beginArray() {
    separate()
    put(UInt8(ascii: "["))
    needsComma = false
  }

  @inlinable
  package mutating func endArray() {
    put(UInt8(ascii: "]"))
    needsComma = true
  }

  /// A key, which must be plain ASCII without quotes or backslashes. Inlined, its length is known.
  @inline(__always) @inlinable
  package mutating func key(_ name: StaticString) {
    separate()
    let length = name.utf8CodeUnitCount
    reserve(length &+ 3)
    base[count] = UInt8(ascii: "\"")
    (base + count + 1).update(from: name.utf8Start, count: length)
    base[count &+ length &+ 1] = UInt8(ascii: "\"")
    base[count &+ length &+ 2] = UInt8(ascii: ":")
    count &+= length &+ 3
    needsComma = false
  }

  /// A key that is known only at run time.
  package mutating func key(_ name: String) {
    string(name)
    put(UInt8(ascii: ":"))
    needsComma = false
  }

  // MARK: Memory

  @inlinable
  mutating func separate() {
    if needsComma { put(UInt8(ascii: ",")) }
    needsComma = true
  }

  @inlinable
  mutating func put(_ byte: UInt8) {
    reserve(1)
    base[count] = byte
    count &+= 1
  }

  @inlinable
  mutating func reserve(_ more: Int) {
    if count &+ more > capacity { grow(by: more) }
  }

  @usableFromInline @inline(never)
  mutating func grow(by more: Int) {
    let larger = max(capacity * 2, count + more)
    let memory = UnsafeMutablePointer<UInt8>.allocate(capacity: larger)
    memory.update(from: base, count: count)
    base.deallocate()
    base = memory
    capacity = larger
  }
}
