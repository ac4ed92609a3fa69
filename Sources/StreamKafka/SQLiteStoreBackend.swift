import Foundation
import SQLite
import StreamRuntime

/// A partition's rows in one SQLite file: a table a store, keyed by the row's key, with the due instant indexed.
///
/// Writes behind: a committed cycle's rows stay in memory until the next checkpoint, which writes them in key order,
/// with the changelog's positions, in one SQLite transaction. What a crash takes of them is replayed from the
/// changelog, which holds every row by then; so is everything since the last checkpoint when a cycle is rolled back.
///
/// The file is held exclusively, so that a second process on the same folder is refused. No write waits for the disk:
/// WAL survives the process, and for the machine there is ``StoreSeal``.
package final class SQLiteStoreBackend: StoreBackend {
  private let file: String
  private let cacheKiB: Int
  private let stores: [String]
  private let storeSeal: StoreSeal
  private let nowMs: @Sendable () -> Int64
  private var connection: SQLiteConnection
  private var tables: [StoreStatements] = []
  /// Rows that are not in the database yet, nor in its open transaction.
  private let buffer = RowBuffer()
  /// By table, which keys it may hold; nil where the keys were in the file already and nobody has looked for one yet.
  private var filters: [KeyFilter?]
  /// By table, what the next checkpoint writes.
  private var positions: [Int64?]
  /// By table, the formats of its rows as far as they were asked for or set.
  private var formats: [Int: Set<UInt8>] = [:]
  /// Tables whose formats the next checkpoint writes.
  private var setFormats: Set<Int> = []
  /// A transaction of the database is open: rows that a scan needed are in it.
  private var isWriting = false
  private var currentMs: Int64?
  private var savedCurrentMs: Int64 = 0
  /// How often the instant as of which the store is current is written down.
  private static let currentIntervalMs: Int64 = 60_000
  private var cycles = OpenCycles()
  /// The next ``commit()`` is a checkpoint, whose rows are in the open transaction already.
  private var isPrepared = false
  package private(set) var hasMissedCheckpoint = false
  private var lastCheckpointMs: Int64
  /// A checkpoint comes after this long at the latest, if rows are written at all; so a restart replays little.
  private static let checkpointIntervalMs: Int64 = 1_000
  /// And when the rows in memory take this much.
  private static let checkpointBytes = 8 << 20
  /// Memory for them that is kept from checkpoint to checkpoint.
  private static let bufferKeptBytes = 4 << 20

  package init(
    file: String, stores: [String], cacheKiB: Int, seal: StoreSeal = .ofThisBoot,
    nowMs: @escaping @Sendable () -> Int64
  ) throws {
    self.file = file
    self.stores = stores
    self.cacheKiB = cacheKiB
    self.nowMs = nowMs
    storeSeal = seal
    positions = Array(repeating: nil, count: stores.count)
    filters = Array(repeating: nil, count: stores.count)
    lastCheckpointMs = nowMs()
    connection = try StateFile.open(file, stores: stores, cacheKiB: cacheKiB, seal)
    do {
      tables = try prepareAll()
      try startFilters()
    } catch {
      connection.close()
      throw error
    }
  }

  /// Writes down what is committed. A failure of that loses nothing: the next owner replays it.
  package func close() {
    if !cycles.isOpen { try? checkpoint() }
    connection.close()
  }

  package func seal() throws {
    if cycles.isOpen { try rollback() } else { try checkpoint() }
    try sqlite("seal the store") { () throws(SQLiteError) in try storeSeal.seal(connection) }
  }

  // MARK: Rows

  package func get(table: Int, key: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer?) throws -> Void) throws {
    let hash = RowBuffer.hash(key, table)
    if let row = buffer.find(table: table, key: key, hash: hash) { return try body(buffer.image(of: row)) }
    guard try mayHold(table: table, hash) else { return try body(nil) }
    let statement = tables[table].get
    try sqlite("read \(stores[table])") { () throws(SQLiteError) in try statement.bind(key, at: 1) }
    defer { statement.reset() }
    guard try sqlite("read \(stores[table])", { () throws(SQLiteError) in try statement.step() }) else {
      return try body(nil)
    }
    try statement.withBlob(at: 0) { try body($0) }
  }

  package func put(table: Int, key: UnsafeRawBufferPointer, image: UnsafeRawBufferPointer, dueMs: Int64?) throws {
    cycles.rowIsWritten()
    let hash = RowBuffer.hash(key, table)
    buffer.put(table: table, key: key, hash: hash, image: image, dueMs: dueMs)
    filters[table]?.insert(hash)
  }

  package func remove(table: Int, key: UnsafeRawBufferPointer) throws {
    cycles.rowIsWritten()
    buffer.put(table: table, key: key, hash: RowBuffer.hash(key, table), image: nil, dueMs: nil)
  }

  /// An empty table's keys are known; so a restore from the beginning leaves none to be read again.
  private func startFilters() throws {
    for table in filters.indices {
      defer { tables[table].keys.reset() }
      let holdsRows = try sqlite("read \(stores[table])") { () throws(SQLiteError) in try tables[table].keys.step() }
      filters[table] = holdsRows ? nil : KeyFilter()
    }
  }

  private func mayHold(table: Int, _ hash: UInt64) throws -> Bool {
    if filters[table] == nil { _ = try countRows(table: table) }
    return filters[table]?.mayHold(hash) ?? true
  }

  package func scan(
    table: Int, prefix: UnsafeRawBufferPointer, after: UnsafeRawBufferPointer?, limit: Int,
    _ body: (UnsafeRawBufferPointer, UnsafeRawBufferPointer) throws -> Void
  ) throws {
    try writeBuffer()
    let statement = tables[table].scan
    // The key that comes first behind another one is the same with a zero byte more.
    let start = after.map { Array($0) + [0] } ?? Array(prefix)
    // Keys are UTF-8 or fixed bytes below 0xFF in their first place after a prefix, so prefix + 0xFF… is above them
    // all.
    let end = Array(prefix) + [UInt8](repeating: 0xFF, count: 8)
    try start.withUnsafeBytes { start in
      try end.withUnsafeBytes { end in
        try sqlite("scan \(stores[table])") { () throws(SQLiteError) in
          try statement.bind(start, at: 1)
          try statement.bind(end, at: 2)
          try statement.bind(Int64(limit), at: 3)
        }
        try statement.forEachRow(of: stores[table], body)
      }
    }
  }

  package func due(
    table: Int, upToMs: Int64, limit: Int, _ body: (UnsafeRawBufferPointer, UnsafeRawBufferPointer) throws -> Void
  ) throws {
    try writeBuffer()
    let statement = tables[table].due
    try sqlite("timers of \(stores[table])") { () throws(SQLiteError) in
      try statement.bind(upToMs, at: 1)
      try statement.bind(Int64(limit), at: 2)
    }
    try statement.forEachRow(of: stores[table], body)
  }

  package func earliestDue(table: Int, after ms: Int64?) throws -> Int64? {
    try writeBuffer()
    return try sqlite("timers of \(stores[table])") { () throws(SQLiteError) in
      let statement = tables[table].earliest
      try statement.bind(ms ?? .min, at: 1)
      defer { statement.reset() }
      return try statement.step() ? statement.int64(at: 0) : nil
    }
  }

  /// The first count reads every key, as the table's filter must, so it serves both.
  package func countRows(table: Int) throws -> Int {
    try writeBuffer()
    if filters[table] == nil {
      let (filter, rows) = try readKeys(table: table)
      filters[table] = filter
      if !filter.isFull { return rows }
    }
    return try sqlite("count \(stores[table])") { () throws(SQLiteError) in
      defer { tables[table].count.reset() }
      return try tables[table].count.step() ? Int(tables[table].count.int64(at: 0)) : 0
    }
  }

  /// Goes no further than its filter can tell of.
  private func readKeys(table: Int) throws -> (KeyFilter, rows: Int) {
    var filter = KeyFilter()
    var rows = 0
    let statement = tables[table].keys
    defer { statement.reset() }
    while try !filter.isFull && sqlite("read \(stores[table])", { () throws(SQLiteError) in try statement.step() }) {
      statement.withBlob(at: 0) {
        guard let key = $0 else { return }
        filter.insert(RowBuffer.hash(key, table))
        if let first = key.first, first > 0 { rows += 1 }
      }
    }
    return (filter, rows)
  }

  // MARK: Positions and transactions

  package func position(table: Int) throws -> Int64? {
    if let position = positions[table] { return position }
    return try sqlite("position of \(stores[table])") { () throws(SQLiteError) in
      let statement = tables[table].position
      try statement.bind(stores[table], at: 1)
      defer { statement.reset() }
      return try statement.step() ? statement.int64(at: 0) : nil
    }
  }

  package func setPosition(table: Int, _ offset: Int64) throws {
    cycles.isOpen = true
    positions[table] = offset
  }

  package func cluster() throws -> String? {
    try sqlite("origin of the store") { () throws(SQLiteError) in
      let statement = try connection.prepare("SELECT cluster FROM origin WHERE id = 1")
      defer { statement.reset() }
      return try statement.step() ? statement.text(at: 0) : nil
    }
  }

  package func setCluster(_ id: String) throws {
    try write("origin of the store") { () throws(SQLiteError) in
      let statement = try connection.prepare("INSERT OR REPLACE INTO origin (id, cluster) VALUES (1, ?)")
      try statement.bind(id, at: 1)
      try statement.run()
    }
  }

  package func formats(table: Int) throws -> Set<UInt8>? {
    if let known = formats[table] { return known }
    return try sqlite("formats of \(stores[table])") { () throws(SQLiteError) in
      let statement = tables[table].formats
      try statement.bind(stores[table], at: 1)
      defer { statement.reset() }
      guard try statement.step() else { return nil }
      let found = statement.withBlob(at: 0) { Set($0 ?? UnsafeRawBufferPointer(start: nil, count: 0)) }
      formats[table] = found
      return found
    }
  }

  package func setFormats(table: Int, _ formats: Set<UInt8>) throws {
    cycles.formatsAreWritten()
    self.formats[table] = formats
    setFormats.insert(table)
  }

  package func prepareCommit() throws {
    if cycles.isOpen, isCheckpointDue {
      try writeBuffer()
      isPrepared = true
    }
    cycles.outcomeIsAwaited()
  }

  /// With rows of the next cycle at hand it is a checkpoint only where those of this one alone are in the transaction;
  /// else the next cycle's is.
  package func commit() throws {
    defer { cycles.firstIsCommitted() }
    guard cycles.isOpen else { return }
    if cycles.holdNext {
      if isPrepared, !cycles.areMixed {
        try endTransaction()
      } else {
        hasMissedCheckpoint = isPrepared || isCheckpointDue
      }
    } else if isPrepared || isCheckpointDue {
      try checkpoint()
    }
  }

  private var isCheckpointDue: Bool {
    let passedMs = nowMs() - lastCheckpointMs
    // A clock that was set back must not put checkpoints off.
    return passedMs < 0 || passedMs >= Self.checkpointIntervalMs || buffer.byteCount >= Self.checkpointBytes
  }

  /// Back to the last checkpoint.
  package func rollback() throws {
    forgetUnwritten()
    savedCurrentMs = 0
    try sqlite("roll back the store") { () throws(SQLiteError) in try connection.rollback() }
  }

  private func forgetUnwritten() {
    buffer.removeAll(keepingAtMost: Self.bufferKeptBytes)
    for table in positions.indices { positions[table] = nil }
    formats = [:]
    setFormats = []
    isWriting = false
    isPrepared = false
    cycles = OpenCycles()
    hasMissedCheckpoint = false
    currentMs = nil
  }

  package func checkpoint() throws {
    cycles = OpenCycles()
    try writeBuffer()
    try endTransaction()
  }

  /// Makes what was written to the database durable, with the positions.
  private func endTransaction() throws {
    isPrepared = false
    hasMissedCheckpoint = false
    let now = nowMs()
    for table in positions.indices {
      guard let position = positions[table] else { continue }
      try write("position of \(stores[table])") { () throws(SQLiteError) in
        try tables[table].setPosition.bind(stores[table], at: 1)
        try tables[table].setPosition.bind(position, at: 2)
        try tables[table].setPosition.run()
      }
      positions[table] = nil
    }
    try writeFormats()
    guard isWriting else { return }
    try sqlite("commit the store") { () throws(SQLiteError) in
      // A clock that was set back must be written down too, or the store would look current until that instant comes
      // again.
      if let currentMs, abs(currentMs - savedCurrentMs) >= Self.currentIntervalMs {
        try connection.execute("INSERT OR REPLACE INTO usage (id, lastUsedMs) VALUES (1, \(currentMs))")
        savedCurrentMs = currentMs
      }
      try connection.commit()
    }
    isWriting = false
    lastCheckpointMs = now
  }

  private func writeFormats() throws {
    for table in setFormats {
      let bytes = (formats[table] ?? []).sorted()
      try bytes.withUnsafeBytes { bytes in
        try write("formats of \(stores[table])") { () throws(SQLiteError) in
          try tables[table].setFormats.bind(stores[table], at: 1)
          try tables[table].setFormats.bind(bytes, at: 2)
          try tables[table].setFormats.run()
        }
      }
    }
    setFormats = []
  }

  /// Moves the rows in memory to the database's open transaction.
  private func writeBuffer() throws {
    guard !buffer.isEmpty else { return }
    cycles.rowsGoToTheTransaction()
    for row in buffer.sortedRows() {
      let statements = tables[row.table]
      try write("write \(stores[row.table])") { () throws(SQLiteError) in
        try statements.write(buffer.key(of: row), buffer.image(of: row), dueMs: row.dueMs, connection)
      }
    }
    buffer.removeAll(keepingAtMost: Self.bufferKeptBytes)
  }

  /// Deletes the file and starts an empty one: works on a damaged file too.
  package func wipe() throws {
    connection.close()
    forgetUnwritten()
    savedCurrentMs = 0
    try sqlite("delete the store") { () throws(SQLiteError) in try SQLiteConnection.deleteDatabase(file: file) }
    connection = try StateFile.open(file, stores: stores, cacheKiB: cacheKiB, storeSeal)
    tables = try prepareAll()
    try startFilters()
  }

  package func setCurrent(asOfMs: Int64) throws { currentMs = asOfMs }

  package func currentAsOfMs() throws -> Int64? {
    try sqlite("age of the store") { () throws(SQLiteError) in
      let statement = try connection.prepare("SELECT lastUsedMs FROM usage WHERE id = 1")
      defer { statement.reset() }
      return try statement.step() ? statement.int64(at: 0) : nil
    }
  }

  private func write(_ what: @autoclosure () -> String, _ body: () throws(SQLiteError) -> Void) throws {
    try sqlite(what()) { () throws(SQLiteError) in
      if !isWriting {
        try connection.beginImmediate()
        isWriting = true
      }
      try body()
    }
  }

  private func prepareAll() throws -> [StoreStatements] {
    try sqlite("prepare the store \(file)") { () throws(SQLiteError) in
      var prepared: [StoreStatements] = []
      for store in stores { prepared.append(try StoreStatements(connection, store)) }
      return prepared
    }
  }
}
