import StreamRuntime

/// ``StoreBackend`` over a ``MemoryDatabase``, as one process sees it.
final class MemoryStoreBackend: StoreBackend {
  private let io: MemoryIO
  private let partition: Int32
  private let database: MemoryDatabase
  private var isClosed = false
  /// Something was written since the last commit.
  private var isCycleOpen = false
  /// How coarse ``setCurrent(asOfMs:)`` is.
  private static let currentIntervalMs: Int64 = 500

  init(_ io: MemoryIO, partition: Int32, _ database: MemoryDatabase) throws {
    guard !database.isOpen else { throw StreamError(.fatal, "another process holds the store") }
    self.io = io
    self.partition = partition
    self.database = database
    database.isOpen = true
  }

  func get(table: Int, key: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer?) throws -> Void) throws {
    try io.checkAlive()
    guard let row = database.tables[table][Array(key)] else { return try body(nil) }
    try row.image.withUnsafeBytes { try body($0) }
  }

  func put(table: Int, key: UnsafeRawBufferPointer, image: UnsafeRawBufferPointer, dueMs: Int64?) throws {
    try io.reach(.storeWrite)
    isCycleOpen = true
    database.set(table: table, key: Array(key), .init(image: Array(image), dueMs: dueMs))
  }

  func remove(table: Int, key: UnsafeRawBufferPointer) throws {
    try io.reach(.storeWrite)
    isCycleOpen = true
    database.set(table: table, key: Array(key), nil)
  }

  func scan(
    table: Int, prefix: UnsafeRawBufferPointer, after: UnsafeRawBufferPointer?, limit: Int,
    _ body: (UnsafeRawBufferPointer, UnsafeRawBufferPointer) throws -> Void
  ) throws {
    try io.checkAlive()
    let start = after.map(Array.init)
    let rows = database.tables[table].filter { key, _ in
      key.starts(with: prefix) && start.map { $0.lexicographicallyPrecedes(key) } ?? true
    }
    for (key, row) in rows.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }).prefix(limit) {
      try key.withUnsafeBytes { key in try row.image.withUnsafeBytes { try body(key, $0) } }
    }
  }

  func due(
    table: Int, upToMs: Int64, limit: Int, _ body: (UnsafeRawBufferPointer, UnsafeRawBufferPointer) throws -> Void
  ) throws {
    try io.checkAlive()
    let rows = database.tables[table].compactMap { key, row in
      row.dueMs.flatMap { $0 <= upToMs ? (due: $0, key: key, image: row.image) : nil }
    }
    let ordered = rows.sorted { $0.due == $1.due ? $0.key.lexicographicallyPrecedes($1.key) : $0.due < $1.due }
    for row in ordered.prefix(limit) {
      try row.key.withUnsafeBytes { key in try row.image.withUnsafeBytes { try body(key, $0) } }
    }
  }

  func earliestDue(table: Int, after ms: Int64?) throws -> Int64? {
    try io.checkAlive()
    return database.tables[table].values.compactMap(\.dueMs).filter { $0 > ms ?? .min }.min()
  }

  func countRows(table: Int) throws -> Int {
    try io.checkAlive()
    return database.tables[table].keys.count { $0.first != 0 }
  }

  func position(table: Int) throws -> Int64? {
    try io.checkAlive()
    return database.positions[table]
  }

  func setPosition(table: Int, _ offset: Int64) throws {
    try io.checkAlive()
    isCycleOpen = true
    database.setPosition(table: table, offset)
  }

  func cluster() throws -> String? {
    try io.checkAlive()
    return database.cluster
  }

  func setCluster(_ id: String) throws {
    try io.checkAlive()
    database.cluster = id
  }

  func formats(table: Int) throws -> Set<UInt8>? {
    try io.checkAlive()
    return database.formats[table]
  }

  func setFormats(table: Int, _ formats: Set<UInt8>) throws {
    try io.checkAlive()
    isCycleOpen = true
    database.setFormats(table: table, formats)
  }

  func prepareCommit() throws {
    try io.checkAlive()
    database.endCycle()
  }

  var hasMissedCheckpoint: Bool { false }

  func commit() throws {
    try io.checkAlive()
    guard isCycleOpen else { return database.joinCycles() }
    try io.reach(.beforeStoreCommit)
    isCycleOpen = database.holdsNextCycle
    let reachesDisk = io.conditions?.reachesDisk() ?? true
    if reachesDisk { database.commit() } else { database.joinCycles() }
    io.trace?(
      "store \(partition) commits\(reachesDisk ? "" : " in memory"), positions \(database.positions.map { $0.map(String.init) ?? "-" })"
    )
    try io.reach(.afterStoreCommit)
  }

  func checkpoint() throws {
    try commit()
    database.commit()
  }

  func rollback() throws {
    try io.checkAlive()
    isCycleOpen = false
    database.rollback()
  }

  func wipe() throws {
    try io.checkAlive()
    isCycleOpen = false
    database.wipe()
    io.trace?("store \(partition) is wiped")
  }

  func currentAsOfMs() throws -> Int64? {
    try io.checkAlive()
    return database.currentMs
  }

  func setCurrent(asOfMs: Int64) throws {
    try io.checkAlive()
    if let known = database.currentMs, abs(asOfMs - known) < Self.currentIntervalMs { return }
    database.setCurrent(asOfMs)
  }

  func seal() throws {
    if isCycleOpen { try rollback() } else { try checkpoint() }
  }

  /// Writes down what is committed.
  func close() {
    if !isClosed, !isCycleOpen { database.commit() }
    crash()
  }

  /// What the operating system does for a process that died: the lock goes, and what is not on the disk.
  func crash() {
    guard !isClosed else { return }
    isClosed = true
    database.rollback()
    database.isOpen = false
  }
}
