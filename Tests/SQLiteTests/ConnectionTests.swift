import Foundation
import SQLite
import Testing

@Suite(.timeLimit(.minutes(10))) struct ConnectionTests {
  private func count(_ connection: SQLiteConnection) throws -> Int64 {
    let statement = try connection.prepare("SELECT count(*) FROM t")
    defer { statement.reset() }
    _ = try statement.step()
    return statement.int64(at: 0)
  }

  private func pragma(_ name: String, of connection: SQLiteConnection) throws -> String? {
    let statement = try connection.prepare("PRAGMA \(name)")
    defer { statement.reset() }
    _ = try statement.step()
    return statement.text(at: 0)
  }

  @Test func optionsReachTheDatabase() throws {
    let folder = try DatabaseFolder()
    defer { folder.remove() }
    let connection = try folder.open {
      $0.pageSizeBytes = 8192
      $0.cacheSizeKiB = 2000
      $0.isExclusive = true
      $0.synchronous = .off
    }
    defer { connection.close() }
    #expect(try pragma("journal_mode", of: connection) == "wal")
    #expect(try pragma("page_size", of: connection) == "8192")
    #expect(try pragma("cache_size", of: connection) == "-2000")
    #expect(try pragma("locking_mode", of: connection) == "exclusive")
    #expect(try pragma("synchronous", of: connection) == "0")
    #expect(try pragma("temp_store", of: connection) == "2")
  }

  @Test func aThrowingTransactionLeavesNothingBehind() throws {
    let folder = try DatabaseFolder()
    defer { folder.remove() }
    let connection = try folder.open()
    defer { connection.close() }
    try connection.execute("CREATE TABLE t(k INTEGER PRIMARY KEY)")
    try connection.withTransaction { () throws(SQLiteError) in try connection.execute("INSERT INTO t VALUES(1)") }
    #expect(throws: SQLiteError.self) {
      try connection.withTransaction { () throws(SQLiteError) in
        try connection.execute("INSERT INTO t VALUES(2)")
        try connection.execute("INSERT INTO t VALUES(1)")
      }
    }
    #expect(!connection.isInTransaction)
    #expect(try count(connection) == 1)

    try connection.beginImmediate()
    try connection.execute("INSERT INTO t VALUES(3)")
    try connection.rollback()
    try connection.rollback()
    #expect(try count(connection) == 1)
  }

  @Test func anUncommittedTransactionIsGoneAfterClose() throws {
    let folder = try DatabaseFolder()
    defer { folder.remove() }
    let first = try folder.open()
    try first.execute("CREATE TABLE t(k INTEGER)")
    try first.beginImmediate()
    try first.execute("INSERT INTO t VALUES(1)")
    first.close()
    let second = try folder.open()
    defer { second.close() }
    #expect(try count(second) == 0)
  }

  @Test func aSecondWriterIsToldTheFileIsBusy() throws {
    let folder = try DatabaseFolder()
    defer { folder.remove() }
    let first = try folder.open()
    defer { first.close() }
    let second = try folder.open { $0.busyTimeoutMs = 1 }
    defer { second.close() }
    try first.beginImmediate()
    let error = #expect(throws: SQLiteError.self) { try second.beginImmediate() }
    #expect(error?.isBusy == true)
    try first.rollback()
  }

  @Test func migrationsRunOnceAndANewerFileIsRefused() throws {
    let folder = try DatabaseFolder()
    defer { folder.remove() }
    let scripts = ["CREATE TABLE t(k INTEGER)", "INSERT INTO t VALUES(1)", "INSERT INTO t VALUES(2)"]
    let connection = try folder.open()
    defer { connection.close() }
    try connection.migrate([scripts[0], scripts[1]])
    try connection.migrate(scripts)
    try connection.migrate(scripts)
    #expect(try count(connection) == 2)
    #expect(try connection.userVersion() == 3)
    let error = #expect(throws: SQLiteError.self) { try connection.migrate([scripts[0]]) }
    #expect(error?.code == .newerSchema)
  }

  @Test func aBrokenMigrationLeavesTheOlderVersionWhole() throws {
    let folder = try DatabaseFolder()
    defer { folder.remove() }
    let connection = try folder.open()
    defer { connection.close() }
    let scripts = ["CREATE TABLE t(k INTEGER)", "INSERT INTO t VALUES(1); INSERT INTO nowhere VALUES(1)"]
    #expect(throws: SQLiteError.self) { try connection.migrate(scripts) }
    #expect(try connection.userVersion() == 1)
    #expect(try count(connection) == 0)
  }

  @Test func aFullDatabaseAndAReadOnlyOneSaySo() throws {
    let folder = try DatabaseFolder()
    defer { folder.remove() }
    let writer = try folder.open()
    try writer.execute("CREATE TABLE t(k BLOB); PRAGMA max_page_count = 4")
    let full = #expect(throws: SQLiteError.self) { try writer.execute("INSERT INTO t VALUES(zeroblob(100000))") }
    #expect(full?.isFull == true)
    writer.close()

    let reader = try folder.open { $0.access = .readOnly }
    defer { reader.close() }
    #expect(try count(reader) == 0)
    let readOnly = #expect(throws: SQLiteError.self) { try reader.execute("INSERT INTO t VALUES(1)") }
    #expect(readOnly?.isReadOnly == true)
  }

  @Test func aFileThatIsNoDatabaseIsCorrupt() throws {
    let folder = try DatabaseFolder()
    defer { folder.remove() }
    try Data(repeating: 0x41, count: 10_000).write(to: URL(fileURLWithPath: folder.file))
    let error = #expect(throws: SQLiteError.self) { try folder.open().close() }
    #expect(error?.isCorrupt == true)
  }

  @Test func truncatingCheckpointEmptiesTheLogAndTheFileStaysSound() throws {
    let folder = try DatabaseFolder()
    defer { folder.remove() }
    let connection = try folder.open { $0.walAutocheckpointPages = 0 }
    defer { connection.close() }
    try connection.execute("CREATE TABLE t(k INTEGER); INSERT INTO t VALUES(1)")
    let log = folder.file + "-wal"
    #expect(try FileManager.default.attributesOfItem(atPath: log)[.size] as? Int ?? 0 > 0)
    #expect(try connection.checkpoint(.passive))
    #expect(try connection.checkpoint(.truncate))
    #expect(try FileManager.default.attributesOfItem(atPath: log)[.size] as? Int == 0)
    #expect(try connection.quickCheck() == [])
  }

  @Test func deletingADatabaseTakesItsLogWithIt() throws {
    let folder = try DatabaseFolder()
    defer { folder.remove() }
    let connection = try folder.open()
    try connection.execute("CREATE TABLE t(k INTEGER)")
    connection.close()
    for suffix in ["-wal", "-shm"] { try Data([1]).write(to: URL(fileURLWithPath: folder.file + suffix)) }
    try SQLiteConnection.deleteDatabase(file: folder.file)
    try SQLiteConnection.deleteDatabase(file: folder.file)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.folder.path).isEmpty)
  }
}
