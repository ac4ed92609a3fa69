/// Changelog records of one table on their way into its store: laid end to end, written in the order of their keys, each
/// key's last record only.
///
/// In key order each page of the table is visited once a batch, which is what makes a restore fast; in the changelog's
/// order nearly every row would touch a page of its own.
struct RestoreBatch {
  private let bytes = ByteBuffer(capacity: 1 << 16)
  private var records: [Record] = []

  private struct Record {
    let key: Range<Int>
    /// Nil: a tombstone.
    let image: Range<Int>?
  }

  var byteCount: Int { bytes.count }
  var isEmpty: Bool { records.isEmpty }

  mutating func append(key: UnsafeRawBufferPointer, image: UnsafeRawBufferPointer?) {
    records.append(Record(key: copy(key), image: image.map(copy)))
  }

  /// Writes the batch into the store's open transaction and empties it.
  mutating func apply(to backend: any StoreBackend, table: Int) throws {
    guard !records.isEmpty else { return }
    let bytes = bytes
    records.sort { first, second in
      let order = Self.order(bytes.bytes(in: first.key), bytes.bytes(in: second.key))
      return order == 0 ? first.key.lowerBound < second.key.lowerBound : order < 0
    }
    for index in records.indices {
      let key = bytes.bytes(in: records[index].key)
      let next = index + 1
      if next < records.count, Self.order(key, bytes.bytes(in: records[next].key)) == 0 { continue }
      if let image = records[index].image.map({ bytes.bytes(in: $0) }) {
        try backend.put(table: table, key: key, image: image, dueMs: try RowImage.dueMs(of: image))
      } else {
        try backend.remove(table: table, key: key)
      }
    }
    records.removeAll(keepingCapacity: true)
    bytes.clear()
  }

  private func copy(_ more: UnsafeRawBufferPointer) -> Range<Int> {
    let start = bytes.count
    bytes.append(more)
    return start..<bytes.count
  }

  /// Below, at or above zero as `first` sorts before, with or behind `second`: byte by byte, a prefix first.
  private static func order(_ first: UnsafeRawBufferPointer, _ second: UnsafeRawBufferPointer) -> Int {
    let common = min(first.count, second.count)
    for index in 0..<common where first[index] != second[index] { return Int(first[index]) - Int(second[index]) }
    return first.count - second.count
  }
}
