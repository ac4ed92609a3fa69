/// A changelogged table of a task: rows by key, cached in memory, written once a cycle.
///
/// Reads see the cycle's own writes. A row changed several times in a cycle reaches the database and the changelog
/// once, in ``flush()``; a store that caches no rows writes each change at once. An aborted cycle drops the store
/// object, and the next one starts from what was committed. One thread owns a store.
///
/// Inlinable throughout, so that a service gets a store specialised for its keys and rows: without that, a look-up
/// costs more in generic metadata than in hashing.
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
  /// The key looked up last by a store that caches no rows, and whether there was a row: a write mostly follows a look.
  @usableFromInline var lastLooked: (key: Key, found: Bool)?

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

  @inlinable public func get(_ key: Key) throws -> Row? {
    guard place.cacheRowsMax > 0 else { return try load(key) }
    return young.values[try cached(key)].row
  }

  /// Moves a row out, so that changing it copies nothing. Put it back before anything else looks at the key; a cycle
  /// that fails in between is forgotten as a whole.
  @inlinable public func take(_ key: Key) throws -> Row? {
    guard place.cacheRowsMax > 0 else { return try load(key) }
    let index = try cached(key)
    guard let row = young.values[index].row.take() else { return nil }
    rowCount -= 1
    return row
  }

  @inlinable public func put(_ key: Key, _ row: consuming Row) throws { try write(key, row) }

  @inlinable public func remove(_ key: Key) throws {
    if try contains(key) { try write(key, nil) }
  }

  /// Rows whose key's bytes start with `prefix`, in key order: behind `after` where it is given, at most `limit`.
  /// Flushes first, so that the database knows every row.
  @inlinable public func scan(
    prefix: String, after: Key? = nil, limit: Int = .max
  ) throws -> [(key: Key, row: Row)] {
    try flush()
    var found: [(key: Key, row: Row)] = []
    let prefixBytes = ByteBuffer(capacity: 256)
    prefix.encode(to: prefixBytes)
    keyBytes.clear()
    after?.encode(to: keyBytes)
    try place.backend.scan(
      table: place.table, prefix: prefixBytes.bytes, after: after == nil ? nil : keyBytes.bytes, limit: limit
    ) { key, image in
      // The task's own row, its stream time, lies in the first store under a key that no service makes.
      guard key.first != 0 else { return }
      found.append((try readKey(key), try read(image)))
    }
    return found
  }

  /// Rows in the table, the cycle's own changes included.
  package var count: Int { rowCount }

  /// No row is due before this instant (milliseconds since 1970); it may be earlier than the earliest row's. For a
  /// processor that looks after its rows itself.
  package var firstDueMs: Int64? { place.gate.isFull ? nil : earliestDueMs }

  /// The rows that are due first, however far off that is, at most `limit`: for figures. No row counts as handed out;
  /// what the cycle at hand has changed they need not know.
  @inlinable package func firstDue(limit: Int) throws -> [Row] {
    var found: [Row] = []
    try place.backend.due(table: place.table, upToMs: .max, limit: limit) { _, image in found.append(try read(image)) }
    return found
  }

  /// Rows due at or before `upToMs` (milliseconds since 1970), earliest first, at most `limit`; not those that were put
  /// off, since no cycle can be committed with them.
  ///
  /// The caller must move each row's due instant beyond `upToMs`, clear it, or remove the row.
  @inlinable public func due(upToMs: Int64, limit: Int) throws -> [(key: Key, row: Row)] {
    guard let earliest = earliestDueMs, earliest <= upToMs else { return [] }
    let (allowed, looked) = place.gate.bounds(limit)
    guard allowed > 0 else { return [] }
    try flush()
    var found: [(key: Key, row: Row)] = []
    try place.backend.due(table: place.table, upToMs: upToMs, limit: looked) { key, image in
      guard try found.count < allowed && place.gate.admits(key, of: place.table) else { return }
      found.append((try readKey(key), try read(image)))
    }
    // Short of what is allowed, every row that is due is in hand or put off, and the caller will move or remove each
    // that is in hand.
    earliestDueMs = found.count == allowed ? earliest : try place.backend.earliestDue(table: place.table, after: upToMs)
    return found
  }

  /// Removes the rows that are due at or before `upToMs`, earliest first, at most `limit`; returns how many. Nobody
  /// asks the database again whether they are there.
  @inlinable public func removeDue(upToMs: Int64, limit: Int) throws -> Int {
    let due = try due(upToMs: upToMs, limit: limit)
    for (key, _) in due {
      lastLooked = (key, true)
      try remove(key)
    }
    return due.count
  }

  @inlinable func contains(_ key: Key) throws -> Bool {
    guard place.cacheRowsMax > 0 else { return try looked(key) }
    return young.values[try cached(key)].row != nil
  }

  /// Where the row, or the news that there is none, stands among the young.
  @inlinable func cached(_ key: Key) throws -> Dictionary<Key, Cached>.Index {
    if let hit = young.index(forKey: key) { return hit }
    if let hit = old.removeValue(forKey: key) {
      young[key] = hit
    } else {
      young[key] = Cached(row: try load(key))
    }
    guard let index = young.index(forKey: key) else { preconditionFailure("a row just cached is not there") }
    return index
  }

  /// The row as the database knows it.
  @inlinable func load(_ key: Key) throws -> Row? {
    keyBytes.clear()
    key.encode(to: keyBytes)
    var row: Row?
    try place.backend.get(table: place.table, key: keyBytes.bytes) { image in
      if let image { row = try read(image) }
    }
    lastLooked = (key, row != nil)
    return row
  }

  @inlinable func read(_ image: UnsafeRawBufferPointer) throws -> Row {
    do {
      return try RowImage.read(image, as: Row.self)
    } catch let error as RowFormatError {
      throw place.damaged(error)
    }
  }

  @inlinable func readKey(_ key: UnsafeRawBufferPointer) throws -> Key {
    do {
      return try Key(decoding: key)
    } catch let error as RowFormatError {
      throw place.damaged(error)
    }
  }

  /// Whether the database knows a row; asks it unless that was the last question.
  @inlinable func looked(_ key: Key) throws -> Bool {
    if let last = lastLooked, last.key == key { return last.found }
    keyBytes.clear()
    key.encode(to: keyBytes)
    var found = false
    try place.backend.get(table: place.table, key: keyBytes.bytes) { found = $0 != nil }
    return found
  }

  @inlinable func write(_ key: Key, _ row: consuming Row?) throws {
    if let due = row?.dueMs, due < earliestDueMs ?? .max { earliestDueMs = due }
    let stays = row != nil
    let isThere: Bool
    if place.cacheRowsMax > 0 {
      let index = try cached(key)
      isThere = young.values[index].row != nil
      if !young.values[index].isDirty { dirty.append(key) }
      young.values[index].row = row
      young.values[index].isDirty = true
    } else {
      isThere = try looked(key)
      try emit(key, row)
      lastLooked = (key, stays)
    }
    if isThere != stays { rowCount += isThere ? -1 : 1 }
  }

  /// Puts a row's image into the database's open transaction and the outbox.
  @inlinable func emit(_ key: Key, _ row: Row?) throws {
    keyBytes.clear()
    key.encode(to: keyBytes)
    guard let row else {
      try place.backend.remove(table: place.table, key: keyBytes.bytes)
      return place.outbox.changelog(
        topic: place.changelogTopic, partition: place.partition, table: place.table, key: keyBytes.bytes, image: nil)
    }
    imageBytes.clear()
    RowImage.write(row, to: imageBytes)
    try place.backend.put(table: place.table, key: keyBytes.bytes, image: imageBytes.bytes, dueMs: row.dueMs)
    place.outbox.changelog(
      topic: place.changelogTopic, partition: place.partition, table: place.table, key: keyBytes.bytes,
      image: imageBytes.bytes)
  }
}

extension Store: ChangeloggedTable {
  @inlinable var table: Int { place.table }

  @inlinable var nextDueMs: Int64? { place.hasTaskTimers && !place.gate.isFull ? earliestDueMs : nil }

  @inlinable func lookForDueRows() { earliestDueMs = 0 }

  @inlinable func flush() throws {
    for key in dirty {
      guard let index = young.index(forKey: key) else { preconditionFailure("a dirty row left the cache") }
      try emit(key, young.values[index].row)
      young.values[index].isDirty = false
    }
    dirty.removeAll(keepingCapacity: true)
    if young.count > place.cacheRowsMax / 2 {
      old = young
      // It will hold as much again; a backlog's cycle may hold far more than the cache, and leaves no room behind.
      young = Dictionary(minimumCapacity: min(old.count, place.cacheRowsMax))
    }
  }

  @inlinable func rewriteOld(after: [UInt8]?, limit: Int) throws -> [UInt8]? {
    try flush()
    var old: [(key: Key, row: Row)] = []
    var last: [UInt8]?
    var count = 0
    try (after ?? []).withUnsafeBytes { start in
      try place.backend.scan(
        table: place.table, prefix: UnsafeRawBufferPointer(start: nil, count: 0), after: after == nil ? nil : start,
        limit: limit
      ) { key, image in
        count += 1
        if count == limit { last = Array(key) }
        guard key.first != 0, try RowImage.head(of: image).format < Row.format else { return }
        old.append((try readKey(key), try read(image)))
      }
    }
    for (key, row) in old { try put(key, row) }
    return last
  }
}

/// What the task needs of a store, whatever its key and row.
@usableFromInline protocol ChangeloggedTable: AnyObject {
  /// Index into ``Topology/stores``.
  var table: Int { get }
  /// Writes the cycle's changes to the database's open transaction and to the outbox.
  func flush() throws
  /// No row that the task looks after is due before this instant (ms); it may be earlier than the earliest row's.
  var nextDueMs: Int64? { get }
  /// Rows may be due of which nothing is known here.
  func lookForDueRows()
  var rowCount: Int { get }
  /// Looks at `limit` rows behind the key `after` and writes anew those of formats before the present one. Returns the
  /// last key it looked at; nil at the table's end.
  func rewriteOld(after: [UInt8]?, limit: Int) throws -> [UInt8]?
}
