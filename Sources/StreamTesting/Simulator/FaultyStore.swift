import StreamRuntime

/// A store backend with a ``SimulatedFault`` in it.
final class FaultyStore: StoreBackend {
  private let inner: any StoreBackend
  private unowned let io: FaultyIO
  private(set) var isClosed = false

  init(_ inner: any StoreBackend, _ io: FaultyIO) {
    self.inner = inner
    self.io = io
  }

  func prepareCommit() throws {
    if io.fault != .storeTakesTheNextCycleToo { try inner.prepareCommit() }
  }

  var hasMissedCheckpoint: Bool { inner.hasMissedCheckpoint }

  func commit() throws {
    if io.fault == .restoringCountsAsCurrent { try inner.setCurrent(asOfMs: io.inner.nowMs()) }
    try inner.commit()
    io.inner.disk.keptOffsets.merge(io.lastOffsets) { $1 }
  }

  func checkpoint() throws {
    try commit()
    try inner.checkpoint()
  }

  func rollback() throws {
    if io.fault == .storeNotRolledBack { try inner.commit() } else { try inner.rollback() }
  }

  func currentAsOfMs() throws -> Int64? {
    let known = try inner.currentAsOfMs()
    return io.fault == .ageOfStoreForgotten && known != nil ? io.inner.nowMs() : known
  }

  func seal() throws { try inner.seal() }

  func close() {
    isClosed = true
    inner.close()
  }

  func get(table: Int, key: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer?) throws -> Void) throws {
    try inner.get(table: table, key: key, body)
  }

  func put(table: Int, key: UnsafeRawBufferPointer, image: UnsafeRawBufferPointer, dueMs: Int64?) throws {
    try inner.put(table: table, key: key, image: image, dueMs: dueMs)
  }

  func remove(table: Int, key: UnsafeRawBufferPointer) throws { try inner.remove(table: table, key: key) }

  func scan(
    table: Int, prefix: UnsafeRawBufferPointer, after: UnsafeRawBufferPointer?, limit: Int,
    _ body: (UnsafeRawBufferPointer, UnsafeRawBufferPointer) throws -> Void
  ) throws {
    try inner.scan(table: table, prefix: prefix, after: after, limit: limit, body)
  }

  func due(
    table: Int, upToMs: Int64, limit: Int, _ body: (UnsafeRawBufferPointer, UnsafeRawBufferPointer) throws -> Void
  ) throws {
    try inner.due(table: table, upToMs: upToMs, limit: limit, body)
  }

  func earliestDue(table: Int, after ms: Int64?) throws -> Int64? { try inner.earliestDue(table: table, after: ms) }
  func countRows(table: Int) throws -> Int { try inner.countRows(table: table) }
  func position(table: Int) throws -> Int64? { try inner.position(table: table) }
  func setPosition(table: Int, _ offset: Int64) throws { try inner.setPosition(table: table, offset) }
  func cluster() throws -> String? { try inner.cluster() }
  func setCluster(_ id: String) throws { try inner.setCluster(id) }
  func formats(table: Int) throws -> Set<UInt8>? { try inner.formats(table: table) }
  func setFormats(table: Int, _ formats: Set<UInt8>) throws { try inner.setFormats(table: table, formats) }
  func setCurrent(asOfMs: Int64) throws { try inner.setCurrent(asOfMs: asOfMs) }
  func wipe() throws { try inner.wipe() }
}
