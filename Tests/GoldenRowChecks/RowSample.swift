import StreamRuntime

/// A row that a service may have, with what makes it worth keeping.
package struct RowSample {
  package let store: String
  /// What it shows; names the golden row.
  let name: String
  let row: any StoreRow
  /// The key's and the row's bytes, as they stand in the database and on the changelog.
  let key: [UInt8]
  let image: [UInt8]
  /// Whether the key comes back from its bytes.
  let keyIsRead: Bool

  package init<Key: StoreKey>(_ store: String, _ name: String, _ key: Key, _ row: some StoreRow) throws {
    self.store = store
    self.name = name
    self.row = row
    let buffer = ByteBuffer()
    key.encode(to: buffer)
    self.key = Array(buffer.bytes)
    keyIsRead = try self.key.withUnsafeBytes { try Key(decoding: $0) } == key
    image = Self.image(of: row)
  }

  static func image(of row: some StoreRow) -> [UInt8] {
    let buffer = ByteBuffer()
    RowImage.write(row, to: buffer)
    return Array(buffer.bytes)
  }

  static func read<Row: StoreRow>(_ image: [UInt8], as type: Row.Type) throws -> any StoreRow {
    try image.withUnsafeBytes { try RowImage.read($0, as: type) }
  }
}
