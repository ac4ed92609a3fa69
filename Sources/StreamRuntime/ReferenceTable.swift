/// A thread's copy of one reference topic, within the bounds of its rule.
struct ReferenceTable {
  private let rule: ReferenceRule
  /// The latest record of each key. A tombstone stays, for those who have seen what it deletes.
  private var rows: [[UInt8]: Row] = [:]
  /// Keys in the order of their records. Only the entry of a key's latest record counts.
  private var order: [(version: Int, key: [UInt8])] = []
  /// Records so far.
  private(set) var version = 0
  /// Of those that count.
  private var count = 0
  private var bytes = 0
  /// Records that follow the rule and are too many.
  private(set) var leftOut = 0
  /// One that was kept has gone or changed while others were left out: what counts now only the topic tells.
  private(set) var mustBeReadAgain = false
  /// Tombstones up to this version are forgotten.
  private var forgotten = 0

  private struct Row {
    var version: Int
    /// Nil: a tombstone.
    var value: [UInt8]?
    var rank: Int64
    var holding: AnyObject?
  }

  init(_ rule: ReferenceRule) { self.rule = rule }

  /// A record comes. Returns why it does not count, where that is to be told.
  mutating func take(_ key: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer?) -> String? {
    version += 1
    let name = Array(key)
    guard let value else {
      remove(name)
      return nil
    }
    switch rule.judge(key, value) {
    case .kept(let rank, let holding):
      put(name, Row(version: version, value: Array(value), rank: rank, holding: holding))
      // What follows may show that less is too much.
      if count / Self.overflow > rule.recordsMax || bytes / Self.overflow > rule.bytesMax { trim() }
      return nil
    case .leftOut(let reason):
      remove(name)
      return reason
    }
  }

  /// The topic's end is reached: no more is kept than the bounds allow.
  mutating func trim() {
    guard count > rule.recordsMax || bytes > rule.bytesMax else { return }
    let mustBeReadAgain = mustBeReadAgain
    let ranked = rows.compactMap { key, row in
      row.value.map { (rank: row.rank, key: key, bytes: key.count + $0.count) }
    }
    let sorted = ranked.sorted {
      $0.rank == $1.rank ? $0.key.lexicographicallyPrecedes($1.key) : $0.rank < $1.rank
    }
    var room = rule.bytesMax
    let fits = sorted.prefix(rule.recordsMax).prefix {
      room -= $0.bytes
      return room >= 0
    }
    for row in sorted.dropFirst(fits.count) {
      version += 1
      remove(row.key)
      leftOut += 1
    }
    self.mustBeReadAgain = mustBeReadAgain
  }

  /// The latest value of a key that counts.
  func value(of key: [UInt8]) -> [UInt8]? { rows[key]?.value }

  /// Keys that count.
  var keyCount: Int { count }

  /// The topic was read again, as far as its bounds go.
  mutating func wasReadAgain() { mustBeReadAgain = false }

  /// Begins anew: the topic is read from its beginning.
  mutating func startOver() {
    version += 1
    forgotten = version
    rows = [:]
    order = []
    (count, bytes, leftOut, mustBeReadAgain) = (0, 0, 0, false)
  }

  /// - Parameter startingOver: what was told up to `version` counts for nothing.
  func forEachChange(
    after version: Int, startingOver: () -> Void,
    _ body: (_ key: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer?) throws -> Void
  ) rethrows {
    var version = version
    if version > 0, version < forgotten {
      startingOver()
      version = 0
    }
    for entry in order[firstEntry(after: version)...] {
      guard let row = rows[entry.key], row.version == entry.version, version > 0 || row.value != nil else { continue }
      try entry.key.withUnsafeBytes { key in
        guard let value = row.value else { return try body(key, nil) }
        try value.withUnsafeBytes { try body(key, $0) }
      }
    }
  }

  // MARK: Rows

  /// Entries of older records that may pile up beside those that count.
  private static let staleEntriesMax = 1_024
  /// Tombstones that are kept.
  private static let tombstonesMax = 10_000
  /// So many times the bounds are kept until a topic's end is reached.
  private static let overflow = 4

  private mutating func put(_ key: [UInt8], _ row: Row) {
    if let old = rows[key]?.value { forget(key, old) }
    count += 1
    bytes += key.count + (row.value?.count ?? 0)
    set(key, row)
  }

  private mutating func remove(_ key: [UInt8]) {
    guard let old = rows[key]?.value else { return }
    forget(key, old)
    set(key, Row(version: version, value: nil, rank: 0))
    guard rows.count - count > Self.tombstonesMax else { return }
    rows = rows.filter { $0.value.value != nil }
    forgotten = version
  }

  private mutating func forget(_ key: [UInt8], _ value: [UInt8]) {
    count -= 1
    bytes -= key.count + value.count
    if leftOut > 0 { mustBeReadAgain = true }
  }

  private mutating func set(_ key: [UInt8], _ row: Row) {
    rows[key] = row
    order.append((row.version, key))
    if order.count > 2 * rows.count + Self.staleEntriesMax { order.removeAll { rows[$0.key]?.version != $0.version } }
  }

  /// By halving: versions ascend.
  private func firstEntry(after version: Int) -> Int {
    var low = 0
    var high = order.count
    while low < high {
      let middle = (low + high) / 2
      if order[middle].version > version { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
