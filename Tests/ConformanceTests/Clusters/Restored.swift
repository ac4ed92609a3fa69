import StreamRuntime

/// What a changelog reader delivers from the given positions to the ends it found.
struct Restored {
  /// `key=row` or `key=gone`, in the order delivered.
  private(set) var rows: [String] = []
  private(set) var offsets: [Int64] = []
  /// Records of each read.
  private(set) var reads: [Int] = []

  init(
    _ cluster: any ClusterHarness, _ io: any StreamIO, _ positions: [ChangelogPosition], limit: Int = 100
  ) throws {
    let reader = try io.changelogReader(positions)
    defer { reader.close() }
    try read(reader, cluster, positions.indices, limit)
  }

  init(_ reader: any ChangelogReader, _ cluster: any ClusterHarness) throws {
    try read(reader, cluster, reader.bounds.indices, 100)
  }

  private mutating func read(
    _ reader: any ChangelogReader, _ cluster: any ClusterHarness, _ indices: Range<Int>, _ limit: Int
  ) throws {
    var (rows, offsets, reads): ([String], [Int64], [Int]) = ([], [], [])
    try cluster.eventually("the changelogs' ends") {
      let count = try reader.read(limit: limit, timeoutMs: 100) { _, offset, key, image in
        rows.append("\(String(key))=\(image.map { String($0) } ?? "gone")")
        offsets.append(offset)
      }
      if count > 0 { reads.append(count) }
      return indices.allSatisfy { reader.position($0) >= reader.bounds[$0].highWatermark }
    }
    (self.rows, self.offsets, self.reads) = (rows, offsets, reads)
  }
}
