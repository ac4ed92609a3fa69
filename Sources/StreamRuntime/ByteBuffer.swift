/// A growable run of bytes, reused cycle after cycle so that the hot path does not allocate.
///
/// One thread owns a buffer. Pointers handed out by ``bytes(in:)`` are valid until the next append or clear.
public final class ByteBuffer {
  @usableFromInline internal private(set) var base: UnsafeMutableRawPointer
  @usableFromInline internal private(set) var capacity: Int
  @usableFromInline var used = 0

  public init(capacity: Int = 4096) {
    self.capacity = max(capacity, 64)
    base = UnsafeMutableRawPointer.allocate(byteCount: self.capacity, alignment: 16)
  }

  deinit { base.deallocate() }

  /// Bytes written since the last clear.
  @inlinable public var count: Int { used }

  /// All bytes written since the last clear.
  @inlinable public var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: base, count: count) }

  @inlinable public func bytes(in range: Range<Int>) -> UnsafeRawBufferPointer {
    precondition(range.lowerBound >= 0 && range.upperBound <= count)
    return UnsafeRawBufferPointer(start: base + range.lowerBound, count: range.count)
  }

  @inlinable public func reserve(_ extra: Int) {
    if count + extra > capacity { grow(toHold: count + extra) }
  }

  @inlinable public func append(_ byte: UInt8) {
    reserve(1)
    base.storeBytes(of: byte, toByteOffset: count, as: UInt8.self)
    used += 1
  }

  @inlinable public func append(_ more: UnsafeRawBufferPointer) {
    guard let start = more.baseAddress else { return }
    reserve(more.count)
    (base + count).copyMemory(from: start, byteCount: more.count)
    used += more.count
  }

  /// A LEB128 varint: seven bits a byte, the lowest first.
  @inlinable func append(varint value: UInt64) {
    reserve(10)
    var rest = value
    var end = used
    while rest >= 0x80 {
      base.storeBytes(of: UInt8(truncatingIfNeeded: rest) | 0x80, toByteOffset: end, as: UInt8.self)
      rest >>= 7
      end &+= 1
    }
    base.storeBytes(of: UInt8(truncatingIfNeeded: rest), toByteOffset: end, as: UInt8.self)
    used = end &+ 1
  }

  /// Forgets the content and keeps the memory, unless it grew beyond `keepingAtMost` bytes.
  public func clear(keepingAtMost limit: Int = .max) {
    used = 0
    if capacity > limit {
      base.deallocate()
      capacity = max(limit, 64)
      base = UnsafeMutableRawPointer.allocate(byteCount: capacity, alignment: 16)
    }
  }

  @usableFromInline func grow(toHold needed: Int) {
    let larger = max(needed, capacity * 2)
    let moved = UnsafeMutableRawPointer.allocate(byteCount: larger, alignment: 16)
    moved.copyMemory(from: base, byteCount: count)
    base.deallocate()
    base = moved
    capacity = larger
  }
}
