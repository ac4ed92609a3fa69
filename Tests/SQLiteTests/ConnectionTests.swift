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

  @Test func aTransactionRolledBackLeavesNothingBehind() throws {
    let folder = try DatabaseFolder()
    defer { folder.remove() }
    let connection = try folder.open()
    defer { connection.close() }
    try connection.execute("CREATE TABLE t(k INTEGER PRIMARY KEY)")
    try connection.beginImmediate()
    try connection.execute("INSERT INTO t VALUES(1)")
    try connection.commit()
    try connection.beginImmediate()
    try connection.execute("INSERT INTO t VALUES(2)")
    #expect(throws: SQLiteError.self) { try connection.execute("INSERT INTO t VALUES(1)") }
    #expect(connection.isInTransaction)
    try connection.rollback()
    try connection.rollback()
    #expect(!connection.isInTransaction)
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

  @Test func aFullDatabaseAndAReadOnlyOneSaySo() throws {
    let folder = try DatabaseFolder()
    defer { folder.remove() }
    let writer = try folder.open()
    defer { writer.close() }
    try writer.execute("CREATE TABLE t(k BLOB); PRAGMA max_page_count = 4")
    let full = #expect(throws: SQLiteError.self) { try writer.execute("INSERT INTO t VALUES(zeroblob(100000))") }
    #expect(full?.isFull == true)
    try writer.execute("PRAGMA query_only = 1")
    #expect(try count(writer) == 0)
    let readOnly = #expect(throws: SQLiteError.self) { try writer.execute("INSERT INTO t VALUES(1)") }
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
    #expect(try pragma("quick_check", of: connection) == "ok")
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
