/// A changelogged table of a task: rows by key, cached in memory, written once a cycle.
///
/// Reads see the cycle's own writes. Nothing reaches the database or the changelog before ``flush()``; an aborted cycle
/// drops the store object, and the next one starts from what was committed. One thread owns a store.
package final class Store<Key: StoreKey, Row: StoreRow> {
  private let backend: any StoreBackend
  private let outbox: Outbox
  private let table: Int
  private let changelogTopic: Int
  private let partition: Int32
  private let cacheRowsMax: Int

  /// Two generations: a lookup moves a row into the young one; when that is full the old one is forgotten. At most
  /// `cacheRowsMax` clean rows stay, and what is used again survives. Dirty rows are always young.
  private var young: [Key: Cached] = [:]
  private var old: [Key: Cached] = [:]
  private var dirty: [Key] = []
  private var earliestDueMs: Int64?
  private let keyBytes = ByteBuffer(capacity: 256)
  private let imageBytes = ByteBuffer()

  /// Rows in the table, the cycle's own changes included.
  package private(set) var rowCount: Int

  private struct Cached {
    /// Nil: the row is known not to exist.
    var row: Row?
    var isDirty = false
  }

  init(
    backend: any StoreBackend, outbox: Outbox, table: Int, changelogTopic: Int, partition: Int32, cacheRowsMax: Int
  ) throws {
    self.backend = backend
    self.outbox = outbox
    self.table = table
    self.changelogTopic = changelogTopic
    self.partition = partition
    self.cacheRowsMax = max(cacheRowsMax, 2)
    rowCount = try backend.countRows(table: table)
    earliestDueMs = try backend.earliestDue(table: table, after: nil)
  }

  package func get(_ key: Key) throws -> Row? { try cached(key).row }

  package func put(_ key: Key, _ row: Row) throws { try write(key, row) }

  package func remove(_ key: Key) throws {
    if try get(key) != nil { try write(key, nil) }
  }

  /// Rows whose key's bytes start with `prefix`, in key order. Flushes first, so that the database knows every row.
  package func scan(prefix: String) throws -> [(key: Key, row: Row)] {
    try flush()
    var found: [(key: Key, row: Row)] = []
    let prefixBytes = ByteBuffer(capacity: 256)
    prefix.encode(to: prefixBytes)
    try backend.scan(table: table, prefix: prefixBytes.bytes) { key, image in
      found.append((try Key(decoding: key), try RowImage.read(image, as: Row.self)))
    }
    return found
  }

  /// Rows due at or before `upToMs` (milliseconds since 1970), earliest first, at most `limit`.
  ///
  /// The caller must move each row's due instant beyond `upToMs`, clear it, or remove the row.
  package func due(upToMs: Int64, limit: Int) throws -> [(key: Key, row: Row)] {
    guard let earliest = earliestDueMs, earliest <= upToMs else { return [] }
    try flush()
    var found: [(key: Key, row: Row)] = []
    try backend.due(table: table, upToMs: upToMs, limit: limit) { key, image in
      found.append((try Key(decoding: key), try RowImage.read(image, as: Row.self)))
    }
    // Short of the limit, every row that is due is in hand, and each will be moved or removed by the caller.
    earliestDueMs = found.count == limit ? earliest : try backend.earliestDue(table: table, after: upToMs)
    return found
  }

  private func cached(_ key: Key) throws -> Cached {
    if let hit = young[key] { return hit }
    if let hit = old[key] {
      young[key] = hit
      return hit
    }
    keyBytes.clear()
    key.encode(to: keyBytes)
    var loaded = Cached()
    try backend.get(table: table, key: keyBytes.bytes) { image in
      if let image { loaded.row = try RowImage.read(image, as: Row.self) }
    }
    young[key] = loaded
    return loaded
  }

  private func write(_ key: Key, _ row: Row?) throws {
    let before = try cached(key)
    if !before.isDirty { dirty.append(key) }
    young[key] = Cached(row: row, isDirty: true)
    switch (before.row == nil, row == nil) {
    case (true, false): rowCount += 1
    case (false, true): rowCount -= 1
    default: break
    }
    if let due = row?.dueMs, due < earliestDueMs ?? .max { earliestDueMs = due }
  }
}

extension Store: ChangeloggedTable {
  var nextDueMs: Int64? { earliestDueMs }

  func flush() throws {
    for key in dirty {
      guard let entry = young[key] else { preconditionFailure("a dirty row left the cache") }
      keyBytes.clear()
      key.encode(to: keyBytes)
      if let row = entry.row {
        imageBytes.clear()
        RowImage.write(row, to: imageBytes)
        try backend.put(table: table, key: keyBytes.bytes, image: imageBytes.bytes, dueMs: row.dueMs)
        outbox.changelog(
          topic: changelogTopic, partition: partition, table: table, key: keyBytes.bytes, image: imageBytes.bytes)
      } else {
        try backend.remove(table: table, key: keyBytes.bytes)
        outbox.changelog(topic: changelogTopic, partition: partition, table: table, key: keyBytes.bytes, image: nil)
      }
      young[key] = Cached(row: entry.row)
    }
    dirty.removeAll(keepingCapacity: true)
    if young.count > cacheRowsMax / 2 {
      old = young
      young = [:]
    }
  }
}

/// What the task needs of a store, whatever its key and row.
protocol ChangeloggedTable: AnyObject {
  /// Writes the cycle's changes to the database's open transaction and to the outbox.
  func flush() throws
  /// No row is due before this instant (ms); it may be earlier than the earliest row's.
  var nextDueMs: Int64? { get }
  var rowCount: Int { get }
}
