import StreamRuntime

/// The disk of one worker: its partitions' databases, which outlive the worker unless the disk is lost.
package final class MemoryDisk {
  private var databases: [Int32: MemoryDatabase] = [:]

  package init() {}

  func database(_ partition: Int32, tables: Int) -> MemoryDatabase {
    if let found = databases[partition] { return found }
    let new = MemoryDatabase(tables: tables)
    databases[partition] = new
    return new
  }

  package func lose() { databases = [:] }

  /// Committed rows of a table, by key: images as they stand in the changelog.
  package func rows(partition: Int32, table: Int) -> [[UInt8]: [UInt8]] {
    databases[partition]?.committed.tables[table].filter { $0.key.first != 0 }.mapValues(\.image) ?? [:]
  }
}

/// What is on disk of one partition, and the transaction that is open on it.
final class MemoryDatabase {
  struct Content {
    var tables: [[[UInt8]: Row]]
    var positions: [Int: Int64] = [:]
    var lastUsedMs: Int64?
  }

  struct Row {
    var image: [UInt8]
    var dueMs: Int64?
  }

  var committed: Content
  var working: Content
  /// Called before a commit becomes durable: a test throws here to lose it.
  var beforeCommit: (() throws -> Void)?

  init(tables: Int) {
    committed = Content(tables: Array(repeating: [:], count: tables))
    working = committed
  }
}

/// ``StoreBackend`` over a ``MemoryDatabase``.
final class MemoryStoreBackend: StoreBackend {
  private let database: MemoryDatabase
  private let nowMs: @Sendable () -> Int64

  init(_ database: MemoryDatabase, nowMs: @escaping @Sendable () -> Int64) {
    self.database = database
    self.nowMs = nowMs
    database.working = database.committed
  }

  func get(table: Int, key: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer?) throws -> Void) throws {
    guard let row = database.working.tables[table][Array(key)] else { return try body(nil) }
    try row.image.withUnsafeBytes { try body($0) }
  }

  func put(table: Int, key: UnsafeRawBufferPointer, image: UnsafeRawBufferPointer, dueMs: Int64?) throws {
    database.working.tables[table][Array(key)] = .init(image: Array(image), dueMs: dueMs)
  }

  func remove(table: Int, key: UnsafeRawBufferPointer) throws { database.working.tables[table][Array(key)] = nil }

  func scan(
    table: Int, prefix: UnsafeRawBufferPointer,
    _ body: (UnsafeRawBufferPointer, UnsafeRawBufferPointer) throws -> Void
  ) throws {
    let rows = database.working.tables[table].filter { $0.key.starts(with: prefix) }
    for (key, row) in rows.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
      try key.withUnsafeBytes { key in try row.image.withUnsafeBytes { try body(key, $0) } }
    }
  }

  func due(
    table: Int, upToMs: Int64, limit: Int, _ body: (UnsafeRawBufferPointer, UnsafeRawBufferPointer) throws -> Void
  ) throws {
    let rows = database.working.tables[table].compactMap { key, row in
      row.dueMs.flatMap { $0 <= upToMs ? (due: $0, key: key, image: row.image) : nil }
    }
    let ordered = rows.sorted { $0.due == $1.due ? $0.key.lexicographicallyPrecedes($1.key) : $0.due < $1.due }
    for row in ordered.prefix(limit) {
      try row.key.withUnsafeBytes { key in try row.image.withUnsafeBytes { try body(key, $0) } }
    }
  }

  func earliestDue(table: Int, after ms: Int64?) throws -> Int64? {
    database.working.tables[table].values.compactMap(\.dueMs).filter { $0 > ms ?? .min }.min()
  }

  func countRows(table: Int) throws -> Int { database.working.tables[table].count { $0.key.first != 0 } }

  func position(table: Int) throws -> Int64? { database.working.positions[table] }

  func setPosition(table: Int, _ offset: Int64) throws { database.working.positions[table] = offset }

  func commit() throws {
    try database.beforeCommit?()
    database.working.lastUsedMs = nowMs()
    database.committed = database.working
  }

  func rollback() throws { database.working = database.committed }

  func wipe() throws {
    database.committed = .init(tables: Array(repeating: [:], count: database.committed.tables.count))
    database.working = database.committed
  }

  func lastUsedMs() throws -> Int64? { database.committed.lastUsedMs }

  func close() { database.working = database.committed }
}
