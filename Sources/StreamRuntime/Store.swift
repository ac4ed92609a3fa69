/// A changelogged table of a task: rows by key, cached in memory, written once a cycle.
///
/// Reads see the cycle's own writes. Nothing reaches the database or the changelog before ``flush()``; an aborted cycle
/// drops the store object, and the next one starts from what was committed. One thread owns a store.
///
/// Inlinable throughout, so that a service gets a store specialised for its keys and rows: without that, a look-up costs
/// more in generic metadata than in hashing.
public final class Store<Key: StoreKey, Row: StoreRow> {
  @usableFromInline let place: StorePlace

  /// Two generations: a lookup moves a row into the young one; when that is full the old one is forgotten. At most
  /// `cacheRowsMax` clean rows stay, and what is used again survives. Dirty rows are always young.
  @usableFromInline var young: [Key: Cached] = [:]
  @usableFromInline var old: [Key: Cached] = [:]
  @usableFromInline var dirty: [Key] = []
  @usableFromInline var earliestDueMs: Int64?
  @usableFromInline let keyBytes = ByteBuffer(capacity: 256)
  @usableFromInline let imageBytes = ByteBuffer()

  /// Rows in the table, the cycle's own changes included.
  @usableFromInline var rowCount: Int

  @usableFromInline struct Cached {
    /// Nil: the row is known not to exist.
    @usableFromInline var row: Row?
    @usableFromInline var isDirty: Bool

    @inlinable init(row: Row?, isDirty: Bool = false) {
      self.row = row
      self.isDirty = isDirty
    }
  }

  @inlinable init(at place: StorePlace) throws {
    self.place = place
    rowCount = try place.backend.countRows(table: place.table)
    earliestDueMs = try place.backend.earliestDue(table: place.table, after: nil)
  }

  @inlinable public func get(_ key: Key) throws -> Row? { try cached(key).row }

  /// Moves a row out, so that changing it copies nothing. Put it back before anything else looks at the key; a cycle that
  /// fails in between is forgotten as a whole.
  @inlinable public func take(_ key: Key) throws -> Row? {
    let row = try cached(key).row
    if row != nil {
      young[key]?.row = nil
      rowCount -= 1
    }
    return row
  }

  @inlinable public func put(_ key: Key, _ row: Row) throws { try write(key, row) }

  @inlinable public func remove(_ key: Key) throws {
    if try get(key) != nil { try write(key, nil) }
  }

  /// Rows whose key's bytes start with `prefix`, in key order. Flushes first, so that the database knows every row.
  @inlinable public func scan(prefix: String) throws -> [(key: Key, row: Row)] {
    try flush()
    var found: [(key: Key, row: Row)] = []
    let prefixBytes = ByteBuffer(capacity: 256)
    prefix.encode(to: prefixBytes)
    try place.backend.scan(table: place.table, prefix: prefixBytes.bytes) { key, image in
      // The task's own row, its stream time, lies in the first store under a key that no service makes.
      guard key.first != 0 else { return }
      found.append((try Key(decoding: key), try RowImage.read(image, as: Row.self)))
    }
    return found
  }

  /// Rows in the table, the cycle's own changes included.
  package var count: Int { rowCount }

  /// No row is due before this instant (milliseconds since 1970); it may be earlier than the earliest row's. For a
  /// processor that looks after its rows itself.
  package var firstDueMs: Int64? { earliestDueMs }

  /// Rows due at or before `upToMs` (milliseconds since 1970), earliest first, at most `limit`.
  ///
  /// The caller must move each row's due instant beyond `upToMs`, clear it, or remove the row.
  @inlinable public func due(upToMs: Int64, limit: Int) throws -> [(key: Key, row: Row)] {
    guard let earliest = earliestDueMs, earliest <= upToMs else { return [] }
    try flush()
    var found: [(key: Key, row: Row)] = []
    try place.backend.due(table: place.table, upToMs: upToMs, limit: limit) { key, image in
      found.append((try Key(decoding: key), try RowImage.read(image, as: Row.self)))
    }
    // Short of the limit, every row that is due is in hand, and each will be moved or removed by the caller.
    earliestDueMs = found.count == limit ? earliest : try place.backend.earliestDue(table: place.table, after: upToMs)
    return found
  }

  @inlinable func cached(_ key: Key) throws -> Cached {
    if let hit = young[key] { return hit }
    if let hit = old[key] {
      young[key] = hit
      return hit
    }
    keyBytes.clear()
    key.encode(to: keyBytes)
    var loaded = Cached(row: nil)
    try place.backend.get(table: place.table, key: keyBytes.bytes) { image in
      if let image { loaded.row = try RowImage.read(image, as: Row.self) }
    }
    young[key] = loaded
    return loaded
  }

  @inlinable func write(_ key: Key, _ row: Row?) throws {
    let due = row?.dueMs
    let before = try cached(key)
    if !before.isDirty { dirty.append(key) }
    young[key] = Cached(row: row, isDirty: true)
    switch (before.row == nil, row == nil) {
    case (true, false): rowCount += 1
    case (false, true): rowCount -= 1
    default: break
    }
    if let due, due < earliestDueMs ?? .max { earliestDueMs = due }
  }
}

extension Store: ChangeloggedTable {
  @inlinable var nextDueMs: Int64? { place.hasTaskTimers ? earliestDueMs : nil }

  @inlinable func flush() throws {
    for key in dirty {
      guard let index = young.index(forKey: key) else { preconditionFailure("a dirty row left the cache") }
      keyBytes.clear()
      key.encode(to: keyBytes)
      if let row = young.values[index].row {
        imageBytes.clear()
        RowImage.write(row, to: imageBytes)
        try place.backend.put(table: place.table, key: keyBytes.bytes, image: imageBytes.bytes, dueMs: row.dueMs)
        place.outbox.changelog(
          topic: place.changelogTopic, partition: place.partition, table: place.table, key: keyBytes.bytes,
          image: imageBytes.bytes)
      } else {
        try place.backend.remove(table: place.table, key: keyBytes.bytes)
        place.outbox.changelog(
          topic: place.changelogTopic, partition: place.partition, table: place.table, key: keyBytes.bytes, image: nil)
      }
      young.values[index].isDirty = false
    }
    dirty.removeAll(keepingCapacity: true)
    if young.count > place.cacheRowsMax / 2 {
      old = young
      young = [:]
    }
  }
}

/// What the task needs of a store, whatever its key and row.
@usableFromInline protocol ChangeloggedTable: AnyObject {
  /// Writes the cycle's changes to the database's open transaction and to the outbox.
  func flush() throws
  /// No row that the task looks after is due before this instant (ms); it may be earlier than the earliest row's.
  var nextDueMs: Int64? { get }
  var rowCount: Int { get }
}
