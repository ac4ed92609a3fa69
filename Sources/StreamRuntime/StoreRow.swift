/// The key of a row. Its bytes are the key of the changelog record too.
public protocol StoreKey: Hashable {
  /// The first byte must not be zero: keys that begin with one are the runtime's own, and are neither counted nor
  /// scanned.
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
///
/// Its bytes outlive a release: they stand in the changelog, which the next release reads. So every change of them, a
/// new case of an enum that is written included, takes a format of its own, in two releases: the first reads both and
/// writes the old one, the second writes the new one (`docs/upgrading.md`).
public protocol StoreRow: SendableMetatype {
  /// The format that ``encode(to:)`` writes. Formats count from 1.
  static var format: UInt8 { get }
  /// The formats that ``init(from:)`` reads, by ``RowDecoder/format``; the one written by default. A worker does not
  /// start on a store that holds another one, and rewrites rows of those below ``format``.
  static var formatsRead: ClosedRange<UInt8> { get }
  /// Milliseconds since 1970 at which ``Store/due(upToMs:limit:)`` returns this row; nil = never.
  ///
  /// The instant travels in the row's image, so a timer is restored, moved and deleted with its row.
  var dueMs: Int64? { get }
  func encode(to row: RowEncoder)
  init(from row: inout RowDecoder) throws
}

extension StoreRow {
  @inlinable public static var formatsRead: ClosedRange<UInt8> { format...format }
}
