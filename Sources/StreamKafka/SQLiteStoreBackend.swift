import Foundation
import SQLite
import StreamRuntime

/// A partition's rows in one SQLite file: a table a store, keyed by the row's key, with the due instant indexed.
///
/// The file is held exclusively, so that a second process on the same folder is refused. Durability: WAL with
/// `synchronous=NORMAL`; a commit that a power failure takes back is replayed from the changelog.
final class SQLiteStoreBackend: StoreBackend {
  private let file: String
  private let cacheKiB: Int
  private let stores: [String]
  private let nowMs: @Sendable () -> Int64
  private var connection: SQLiteConnection
  private var tables: [Statements] = []
  private var isWriting = false
  private var currentMs: Int64?
  private var savedCurrentMs: Int64 = 0
  /// How often the instant as of which the store is current is written down.
  private static let currentIntervalMs: Int64 = 60_000

  private struct Statements {
    let get, put, remove, scan, due, earliest, count, position, setPosition: SQLiteStatement
  }

  init(file: String, stores: [String], cacheKiB: Int, nowMs: @escaping @Sendable () -> Int64) throws {
    self.file = file
    self.stores = stores
    self.cacheKiB = cacheKiB
    self.nowMs = nowMs
    connection = try Self.open(file, stores: stores, cacheKiB: cacheKiB)
    do {
      tables = try prepareAll()
    } catch {
      connection.close()
      throw error
    }
  }

  func close() { connection.close() }

  // MARK: Rows

  func get(table: Int, key: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer?) throws -> Void) throws {
    let statement = tables[table].get
    try sqlite("read \(stores[table])") { () throws(SQLiteError) in try statement.bind(key, at: 1) }
    defer { statement.reset() }
    guard try sqlite("read \(stores[table])", { () throws(SQLiteError) in try statement.step() }) else {
      return try body(nil)
    }
    try statement.withBlob(at: 0) { try body($0) }
  }

  func put(table: Int, key: UnsafeRawBufferPointer, image: UnsafeRawBufferPointer, dueMs: Int64?) throws {
    try write("write \(stores[table])") { () throws(SQLiteError) in
      let statement = tables[table].put
      try statement.bind(key, at: 1)
      try statement.bind(image, at: 2)
      if let dueMs { try statement.bind(dueMs, at: 3) } else { try statement.bindNull(at: 3) }
      try statement.run()
    }
  }

  func remove(table: Int, key: UnsafeRawBufferPointer) throws {
    try write("delete from \(stores[table])") { () throws(SQLiteError) in
      try tables[table].remove.bind(key, at: 1)
      try tables[table].remove.run()
    }
  }

  func scan(
    table: Int, prefix: UnsafeRawBufferPointer,
    _ body: (UnsafeRawBufferPointer, UnsafeRawBufferPointer) throws -> Void
  ) throws {
    let statement = tables[table].scan
    // Keys are UTF-8 or fixed bytes below 0xFF in their first place after a prefix, so prefix + 0xFF… is above them all.
    let end = Array(prefix) + [UInt8](repeating: 0xFF, count: 8)
    try end.withUnsafeBytes { end in
      try sqlite("scan \(stores[table])") { () throws(SQLiteError) in
        try statement.bind(prefix, at: 1)
        try statement.bind(end, at: 2)
      }
      try forEachRow(statement, table, body)
    }
  }

  func due(
    table: Int, upToMs: Int64, limit: Int, _ body: (UnsafeRawBufferPointer, UnsafeRawBufferPointer) throws -> Void
  ) throws {
    let statement = tables[table].due
    try sqlite("timers of \(stores[table])") { () throws(SQLiteError) in
      try statement.bind(upToMs, at: 1)
      try statement.bind(Int64(limit), at: 2)
    }
    try forEachRow(statement, table, body)
  }

  func earliestDue(table: Int, after ms: Int64?) throws -> Int64? {
    try sqlite("timers of \(stores[table])") { () throws(SQLiteError) in
      let statement = tables[table].earliest
      try statement.bind(ms ?? .min, at: 1)
      defer { statement.reset() }
      return try statement.step() ? statement.int64(at: 0) : nil
    }
  }

  func countRows(table: Int) throws -> Int {
    try sqlite("count \(stores[table])") { () throws(SQLiteError) in
      defer { tables[table].count.reset() }
      return try tables[table].count.step() ? Int(tables[table].count.int64(at: 0)) : 0
    }
  }

  // MARK: Positions and transactions

  func position(table: Int) throws -> Int64? {
    try sqlite("position of \(stores[table])") { () throws(SQLiteError) in
      let statement = tables[table].position
      try statement.bind(stores[table], at: 1)
      defer { statement.reset() }
      return try statement.step() ? statement.int64(at: 0) : nil
    }
  }

  func setPosition(table: Int, _ offset: Int64) throws {
    try write("position of \(stores[table])") { () throws(SQLiteError) in
      try tables[table].setPosition.bind(stores[table], at: 1)
      try tables[table].setPosition.bind(offset, at: 2)
      try tables[table].setPosition.run()
    }
  }

  func commit() throws {
    guard isWriting else { return }
    try sqlite("commit the store") { () throws(SQLiteError) in
      // A clock that was set back must be written down too, or the store would look current until that instant comes again.
      if let currentMs, abs(currentMs - savedCurrentMs) >= Self.currentIntervalMs {
        try connection.execute("INSERT OR REPLACE INTO usage (id, lastUsedMs) VALUES (1, \(currentMs))")
        savedCurrentMs = currentMs
      }
      try connection.commit()
    }
    isWriting = false
  }

  func rollback() throws {
    isWriting = false
    currentMs = nil
    savedCurrentMs = 0
    try sqlite("roll back the store") { () throws(SQLiteError) in try connection.rollback() }
  }

  /// Deletes the file and starts an empty one: works on a damaged file too.
  func wipe() throws {
    connection.close()
    isWriting = false
    currentMs = nil
    savedCurrentMs = 0
    try sqlite("delete the store") { () throws(SQLiteError) in try SQLiteConnection.deleteDatabase(file: file) }
    connection = try Self.open(file, stores: stores, cacheKiB: cacheKiB)
    tables = try prepareAll()
  }

  func setCurrent(asOfMs: Int64) throws { currentMs = asOfMs }

  func currentAsOfMs() throws -> Int64? {
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

  private func forEachRow(
    _ statement: SQLiteStatement, _ table: Int, _ body: (UnsafeRawBufferPointer, UnsafeRawBufferPointer) throws -> Void
  ) throws {
    defer { statement.reset() }
    while try sqlite("read \(stores[table])", { () throws(SQLiteError) in try statement.step() }) {
      try statement.withBlob(at: 0) { key in
        try statement.withBlob(at: 1) { image in
          guard let key, let image else { preconditionFailure("a stored row has a key and an image") }
          try body(key, image)
        }
      }
    }
  }

  // MARK: Opening

  private static func open(_ file: String, stores: [String], cacheKiB: Int) throws -> SQLiteConnection {
    let folder = URL(fileURLWithPath: file).deletingLastPathComponent().path
    do {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    } catch {
      throw StreamError(
        .fatal,
        "the state folder \(folder) cannot be made: \(error.localizedDescription) Give this user write access to --state-dir"
      )
    }
    do throws(SQLiteError) {
      return try openSound(file, stores: stores, cacheKiB: cacheKiB)
    } catch {
      guard error.isCorrupt else { throw StreamError(error, doing: "open the store \(file)") }
      return try sqlite("rebuild the damaged store \(file)") { () throws(SQLiteError) in
        try SQLiteConnection.deleteDatabase(file: file)
        return try openSound(file, stores: stores, cacheKiB: cacheKiB)
      }
    }
  }

  private static func openSound(
    _ file: String, stores: [String], cacheKiB: Int
  ) throws(SQLiteError) -> SQLiteConnection {
    var options = SQLiteOptions()
    options.cacheSizeKiB = cacheKiB
    options.isExclusive = true
    options.pageSizeBytes = 8192
    options.busyTimeoutMs = 5_000
    options.walAutocheckpointPages = 4_000
    let connection = try SQLiteConnection(file: file, options: options)
    do throws(SQLiteError) {
      try connection.execute("CREATE TABLE IF NOT EXISTS usage (id INTEGER PRIMARY KEY, lastUsedMs INTEGER NOT NULL)")
      try connection.execute(
        "CREATE TABLE IF NOT EXISTS positions (store TEXT PRIMARY KEY, position INTEGER NOT NULL) WITHOUT ROWID")
      for store in stores {
        try connection.execute(
          "CREATE TABLE IF NOT EXISTS \"\(store)\" (key BLOB PRIMARY KEY, image BLOB NOT NULL, due INTEGER) WITHOUT ROWID"
        )
        try connection.execute(
          "CREATE INDEX IF NOT EXISTS \"\(store) by due\" ON \"\(store)\" (due) WHERE due IS NOT NULL")
      }
    } catch {
      connection.close()
      throw error
    }
    return connection
  }

  private func prepareAll() throws -> [Statements] {
    try sqlite("prepare the store \(file)") { () throws(SQLiteError) in
      var prepared: [Statements] = []
      for store in stores {
        prepared.append(
          Statements(
            get: try connection.prepare("SELECT image FROM \"\(store)\" WHERE key = ?"),
            put: try connection.prepare(
              "INSERT INTO \"\(store)\" (key, image, due) VALUES (?, ?, ?) "
                + "ON CONFLICT (key) DO UPDATE SET image = excluded.image, due = excluded.due"),
            remove: try connection.prepare("DELETE FROM \"\(store)\" WHERE key = ?"),
            scan: try connection.prepare("SELECT key, image FROM \"\(store)\" WHERE key >= ? AND key < ? ORDER BY key"),
            due: try connection.prepare(
              "SELECT key, image FROM \"\(store)\" WHERE due IS NOT NULL AND due <= ? ORDER BY due, key LIMIT ?"),
            earliest: try connection.prepare(
              "SELECT due FROM \"\(store)\" WHERE due IS NOT NULL AND due > ? ORDER BY due LIMIT 1"),
            count: try connection.prepare("SELECT count(*) FROM \"\(store)\" WHERE key >= x'01'"),
            position: try connection.prepare("SELECT position FROM positions WHERE store = ?"),
            setPosition: try connection.prepare(
              "INSERT INTO positions (store, position) VALUES (?, ?) "
                + "ON CONFLICT (store) DO UPDATE SET position = excluded.position")))
      }
      return prepared
    }
  }
}
