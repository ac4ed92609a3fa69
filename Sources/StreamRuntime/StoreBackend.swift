/// Where a task's rows live between cycles: one database a task, one table a store.
///
/// A port: SQLite in production, memory in tests. One thread owns it. All calls block; all throw ``StreamError``.
/// Writes happen inside a transaction that the first write opens and ``commit()`` or ``rollback()`` ends.
public protocol StoreBackend: AnyObject {
  /// Calls `body` with the row's image, or nil when there is none. The image is valid inside the call only.
  func get(table: Int, key: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer?) throws -> Void) throws
  func put(table: Int, key: UnsafeRawBufferPointer, image: UnsafeRawBufferPointer, dueMs: Int64?) throws
  func remove(table: Int, key: UnsafeRawBufferPointer) throws
  /// Rows whose key starts with `prefix` and comes behind `after`, in key order, at most `limit`.
  func scan(
    table: Int, prefix: UnsafeRawBufferPointer, after: UnsafeRawBufferPointer?, limit: Int,
    _ body: (_ key: UnsafeRawBufferPointer, _ image: UnsafeRawBufferPointer) throws -> Void) throws
  /// Rows due at or before `upToMs`, earliest first, at most `limit`.
  func due(
    table: Int, upToMs: Int64, limit: Int,
    _ body: (_ key: UnsafeRawBufferPointer, _ image: UnsafeRawBufferPointer) throws -> Void) throws
  /// The earliest due instant in the table, of those later than `ms` if given.
  func earliestDue(table: Int, after ms: Int64?) throws -> Int64?
  /// Rows of the service: those of the runtime itself, whose keys start with a zero byte, do not count.
  func countRows(table: Int) throws -> Int

  /// The changelog offset that the table has read up to: the next one to replay. Nil for a table never written.
  func position(table: Int) throws -> Int64?
  /// Becomes durable with the next ``commit()``.
  func setPosition(table: Int, _ offset: Int64) throws

  /// The cluster whose changelogs the store follows, as noted; nil where nobody has since the database was made.
  func cluster() throws -> String?
  /// Becomes durable with the next ``commit()`` that writes anything.
  func setCluster(_ id: String) throws

  /// The formats that rows of the table may have, as noted; nil where nobody has noted any since the database was made.
  func formats(table: Int) throws -> Set<UInt8>?
  /// Becomes durable with the next ``commit()``, and goes back with the rows.
  func setFormats(table: Int, _ formats: Set<UInt8>) throws

  /// All rows of the cycle are there, and its outcome is not known yet: what ``commit()`` will have to write may be
  /// written to the open transaction now, while the broker is at work. ``rollback()`` takes it back. Rows that are
  /// written between this and ``commit()`` are the next cycle's: no commit but theirs may make them durable.
  func prepareCommit() throws
  /// Rows of a next cycle have kept a commit from reaching the disk when its time had come. The one that follows should
  /// be waited for.
  var hasMissedCheckpoint: Bool { get }
  /// Ends the cycle, whose rows the changelog holds by now. They may reach the disk later.
  func commit() throws
  /// Commits, and does not return before the rows are where the end of this process cannot reach them.
  func checkpoint() throws
  /// Forgets what is not committed, and perhaps more: down to what the disk holds. Positions go back with the rows.
  func rollback() throws
  /// Empties every table and forgets the positions.
  func wipe() throws
  /// An instant (milliseconds since 1970, wall clock) at which the store held all that its changelogs held; nil for a
  /// new database. Deletes that left a changelog since cannot be learned from it any more.
  func currentAsOfMs() throws -> Int64?
  /// Becomes durable with a later ``commit()``; until then, and between two instants that lie close together, the older
  /// one stands.
  func setCurrent(asOfMs: Int64) throws
  /// Before a close in good order: what is committed reaches the disk itself, so that the store can be used after the
  /// machine has gone down and come back. What is not committed is forgotten.
  func seal() throws
  func close()
}
