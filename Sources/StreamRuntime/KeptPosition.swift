/// Where a partition stands in one of its input topics, as its store keeps it: a row beside those of the first store,
/// written in the transaction that commits the same offset for the group. So it is restored and moves with them, and
/// after a restore both say the same, unless somebody else had a hand in it.
///
/// The key starts with a zero byte, which no store key does. It stands for the row's format too: another format takes
/// another key, and a worker does not start on a key it does not know.
struct KeptPosition: Equatable {
  static let table = 0
  private static let prefix: [UInt8] = [0] + Array("input:".utf8)

  /// The cluster whose offsets these are; nil where it does not say who it is.
  var cluster: String?
  /// The next offset to read.
  var next: Int64
  /// The last record that was processed; nil: none since the position was set.
  var mark: RecordMark?

  static func isKey(_ bytes: UnsafeRawBufferPointer) -> Bool { bytes.starts(with: prefix) }

  static func key(of topic: String) -> [UInt8] { prefix + Array(topic.utf8) }

  /// Nil where the store has none under this key.
  init?(_ key: [UInt8], in backend: any StoreBackend) throws {
    var found: KeptPosition?
    try key.withUnsafeBytes { key in
      try backend.get(table: Self.table, key: key) { image in
        if let image { found = try KeptPosition(decoding: image) }
      }
    }
    guard let found else { return nil }
    self = found
  }

  init(cluster: String?, next: Int64, mark: RecordMark?) {
    self.cluster = cluster
    self.next = next
    self.mark = mark
  }

  private init(decoding image: UnsafeRawBufferPointer) throws {
    var row = RowDecoder(image)
    _ = try row.optionalInt()
    _ = try row.byte()
    cluster = try row.optionalString()
    next = try row.int()
    guard try row.bool() else { return }
    mark = RecordMark(
      offset: try row.int(), timestampMs: try row.int(), keySize: try row.int(), valueSize: try row.int())
  }

  /// As rows are: the due instant, which it has none of, and a format.
  func encode(to image: ByteBuffer) {
    let row = RowEncoder(into: image)
    row.optionalInt(nil)
    row.byte(1)
    row.optionalString(cluster)
    row.int(next)
    row.bool(mark != nil)
    guard let mark else { return }
    row.int(mark.offset)
    row.int(mark.timestampMs)
    row.int(mark.keySize)
    row.int(mark.valueSize)
  }
}
