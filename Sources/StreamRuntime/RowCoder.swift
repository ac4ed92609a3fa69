/// Writes store rows: compact, self-delimiting fields in a fixed order.
///
/// Integers are zig-zag LEB128 varints (Protocol Buffers' `sint64`), strings are a length and UTF-8 bytes.
public struct RowEncoder {
  @usableFromInline let buffer: ByteBuffer
  /// The format to write: the row's own ``StoreRow/format``.
  public let format: UInt8

  @inlinable public init(into buffer: ByteBuffer, format: UInt8 = 1) {
    self.buffer = buffer
    self.format = format
  }

  @inlinable public func byte(_ value: UInt8) { buffer.append(value) }

  @inlinable public func bool(_ value: Bool) { buffer.append(value ? 1 : 0) }

  @inlinable public func int(_ value: Int64) {
    buffer.append(varint: UInt64(bitPattern: (value << 1) ^ (value >> 63)))
  }

  @inlinable public func int(_ value: Int) { int(Int64(value)) }

  @inlinable public func optionalInt(_ value: Int64?) {
    bool(value != nil)
    if let value { int(value) }
  }

  @inlinable public func string(_ value: String) {
    var value = value
    value.withUTF8 { utf8 in
      int(Int64(utf8.count))
      buffer.append(UnsafeRawBufferPointer(utf8))
    }
  }

  @inlinable public func optionalString(_ value: String?) {
    bool(value != nil)
    if let value { string(value) }
  }

  /// A counted list: the count, then each element as `write` puts it.
  @inlinable public func list<Element>(_ elements: [Element], _ write: (Element) -> Void) {
    int(Int64(elements.count))
    for element in elements { write(element) }
  }
}

/// A row or a key whose bytes do not follow the format: a bug or a damaged store, never input from outside.
public struct RowFormatError: Error, CustomStringConvertible {
  public let description: String
  public init(_ description: String) { self.description = description }
}

/// Reads what ``RowEncoder`` wrote. Borrows the bytes: valid only inside the call that lent them.
public struct RowDecoder {
  @usableFromInline let bytes: UnsafeRawBufferPointer
  @usableFromInline var offset = 0
  /// The format that the row was written in, one of ``StoreRow/formatsRead``.
  public var format: UInt8 = 1

  @inlinable public init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  @inlinable public var isAtEnd: Bool { offset == bytes.count }

  @inlinable public mutating func byte() throws -> UInt8 {
    guard offset < bytes.count else { throw RowFormatError("the row ends early, at byte \(offset)") }
    defer { offset += 1 }
    return bytes[offset]
  }

  @inlinable public mutating func bool() throws -> Bool { try byte() != 0 }

  @inlinable public mutating func int() throws -> Int64 {
    var value: UInt64 = 0
    var shift: UInt64 = 0
    while true {
      let next = try byte()
      guard shift < 64 else { throw RowFormatError("an integer of more than 64 bits at byte \(offset)") }
      value |= UInt64(next & 0x7F) << shift
      if next < 0x80 { break }
      shift += 7
    }
    return Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
  }

  @inlinable public mutating func optionalInt() throws -> Int64? { try bool() ? try int() : nil }

  @inlinable public mutating func string() throws -> String {
    let length = Int(try int())
    guard length >= 0, length <= bytes.count - offset else {
      throw RowFormatError("a string of \(length) bytes runs past the row's end at byte \(offset)")
    }
    defer { offset += length }
    return String(decoding: UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + length]), as: UTF8.self)
  }

  @inlinable public mutating func optionalString() throws -> String? { try bool() ? try string() : nil }

  @inlinable public mutating func list<Element>(_ read: (inout RowDecoder) throws -> Element) throws -> [Element] {
    let count = Int(try int())
    guard count >= 0, count <= bytes.count - offset else {
      throw RowFormatError("a list of \(count) elements cannot fit in the row, at byte \(offset)")
    }
    var elements: [Element] = []
    elements.reserveCapacity(count)
    for _ in 0..<count { elements.append(try read(&self)) }
    return elements
  }
}
