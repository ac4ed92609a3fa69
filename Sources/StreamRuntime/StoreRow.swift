/// The key of a row. Its bytes are the key of the changelog record too.
public protocol StoreKey: Hashable {
  /// The first byte must not be zero: keys that begin with one are the runtime's own, and are neither counted nor scanned.
  func encode(to buffer: ByteBuffer)
  init(decoding bytes: UnsafeRawBufferPointer) throws
}

extension String: StoreKey {
  @inlinable public func encode(to buffer: ByteBuffer) {
    var text = self
    text.withUTF8 { buffer.append(UnsafeRawBufferPointer($0)) }
  }

  @inlinable public init(decoding bytes: UnsafeRawBufferPointer) throws {
    self = String(decoding: bytes, as: UTF8.self)
  }
}

/// One row of a store: a value that encodes itself and may carry the instant at which it wants to be looked at again.
public protocol StoreRow {
  /// Milliseconds since 1970 at which ``Store/due(upTo:limit:)`` returns this row; nil = never.
  ///
  /// The instant travels in the row's image, so a timer is restored, moved and deleted with its row.
  var dueMs: Int64? { get }
  func encode(to row: RowEncoder)
  init(from row: inout RowDecoder) throws
}
