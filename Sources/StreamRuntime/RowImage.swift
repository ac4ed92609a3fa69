/// A row image as it stands in the database and in the changelog: the due instant, then the row's own bytes.
@usableFromInline package enum RowImage {
  @inlinable static func write<Row: StoreRow>(_ row: Row, to buffer: ByteBuffer) {
    let encoder = RowEncoder(into: buffer)
    encoder.optionalInt(row.dueMs)
    row.encode(to: encoder)
  }

  /// Throws a ``RowFormatError`` unless the image is exactly one row of that type.
  @inlinable package static func read<Row: StoreRow>(_ image: UnsafeRawBufferPointer, as type: Row.Type) throws -> Row {
    var decoder = RowDecoder(image)
    _ = try decoder.optionalInt()
    let row = try Row(from: &decoder)
    guard decoder.isAtEnd else { throw RowFormatError("bytes are left over after a row of type \(Row.self)") }
    return row
  }

  static func dueMs(of image: UnsafeRawBufferPointer) throws -> Int64? {
    var decoder = RowDecoder(image)
    return try decoder.optionalInt()
  }
}
