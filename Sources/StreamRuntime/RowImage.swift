/// A row image as it stands in the database and in the changelog: the due instant, the number of the row's format, then
/// the row's own bytes.
@usableFromInline package enum RowImage {
  @inlinable package static func write<Row: StoreRow>(_ row: Row, to buffer: ByteBuffer) {
    let encoder = RowEncoder(into: buffer, format: Row.format)
    encoder.optionalInt(row.dueMs)
    encoder.byte(Row.format)
    row.encode(to: encoder)
  }

  /// Throws a ``RowFormatError`` unless the image is exactly one row of that type, in a format that it reads.
  @inlinable package static func read<Row: StoreRow>(_ image: UnsafeRawBufferPointer, as type: Row.Type) throws -> Row {
    var decoder = RowDecoder(image)
    _ = try decoder.optionalInt()
    decoder.format = try decoder.byte()
    guard Row.formatsRead.contains(decoder.format) else { throw unreadable(decoder.format, Row.formatsRead) }
    let row = try Row(from: &decoder)
    guard decoder.isAtEnd else { throw RowFormatError("bytes are left over after a row of type \(Row.self)") }
    return row
  }

  /// What stands before the row's own bytes. An image begins with a 0 or a 1: anything else is kept for images of
  /// another making, which a later release may write.
  @usableFromInline static func head(of image: UnsafeRawBufferPointer) throws -> (dueMs: Int64?, format: UInt8) {
    guard let first = image.first, first <= 1 else {
      throw RowFormatError("an image that begins with \(image.first.map(String.init) ?? "nothing")")
    }
    var decoder = RowDecoder(image)
    return (try decoder.optionalInt(), try decoder.byte())
  }

  @usableFromInline static func unreadable(_ format: UInt8, _ read: ClosedRange<UInt8>) -> RowFormatError {
    RowFormatError("a row of format \(format); this release reads \(read.told)")
  }
}

extension ClosedRange<UInt8> {
  /// `4`, or `3 to 4`.
  var told: String { lowerBound == upperBound ? "\(lowerBound)" : "\(lowerBound) to \(upperBound)" }
}
