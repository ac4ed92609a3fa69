/// A partition's stream time, kept as a row beside those of its first store, so that it is restored and moves with
/// them.
///
/// The key starts with a zero byte, which no store key does. It stands for the row's format too, since the image of the
/// first holds no number: another format takes another key, and a worker does not start on a key it does not know.
enum StreamTimeRow {
  static let table = 0
  private static let key: [UInt8] = [0] + Array("stream-time".utf8)

  static func isKey(_ bytes: UnsafeRawBufferPointer) -> Bool { bytes.elementsEqual(key) }

  static func read(_ backend: any StoreBackend) throws -> Int64? {
    var found: Int64?
    try key.withUnsafeBytes { key in
      try backend.get(table: table, key: key) { image in
        guard let image else { return }
        var decoder = RowDecoder(image)
        _ = try decoder.optionalInt()
        found = try decoder.int()
      }
    }
    return found
  }

  static func write(_ ms: Int64, to backend: any StoreBackend, _ outbox: Outbox, topic: Int, partition: Int32) throws {
    let image = ByteBuffer(capacity: 64)
    let encoder = RowEncoder(into: image)
    encoder.optionalInt(nil)
    encoder.int(ms)
    try key.withUnsafeBytes { key in
      try backend.put(table: table, key: key, image: image.bytes, dueMs: nil)
      outbox.changelog(topic: topic, partition: partition, table: table, key: key, image: image.bytes)
    }
  }
}
