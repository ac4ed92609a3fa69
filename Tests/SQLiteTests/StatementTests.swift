import SQLite
import Testing

@Suite(.timeLimit(.minutes(10))) struct StatementTests {
  @Test func valuesComeBackAsTheyWereBound() throws {
    let folder = try DatabaseFolder()
    defer { folder.remove() }
    let connection = try folder.open()
    defer { connection.close() }
    try connection.execute("CREATE TABLE t(i INTEGER, b BLOB, s TEXT, n)")

    let insert = try connection.prepare("INSERT INTO t VALUES(?,?,?,?)")
    try insert.bind(Int64.min, at: 1)
    let blob: [UInt8] = [0, 1, 255]
    try blob.withUnsafeBytes { bytes in
      try insert.bind(bytes, at: 2)
      try insert.bind("điểm thưởng \0 €", at: 3)
      try insert.bindNull(at: 4)
      try insert.run()
    }
    #expect(connection.changes == 1)

    let select = try connection.prepare("SELECT i, b, s, n FROM t")
    #expect(try select.step())
    #expect(select.int64(at: 0) == .min)
    #expect(select.withBlob(at: 1) { $0.map(Array.init) } == blob)
    #expect(select.text(at: 2) == "điểm thưởng \0 €")
    #expect(select.isNull(at: 3))
    #expect(select.withBlob(at: 3) { $0 == nil })
    #expect(try select.step() == false)
    select.reset()
  }

  @Test func emptyBytesAndEmptyTextAreNotNull() throws {
    let folder = try DatabaseFolder()
    defer { folder.remove() }
    let connection = try folder.open()
    defer { connection.close() }
    let select = try connection.prepare("SELECT ?1, typeof(?1), ?2, typeof(?2)")
    try select.bind(UnsafeRawBufferPointer(start: nil, count: 0), at: 1)
    try select.bind("", at: 2)
    #expect(try select.step())
    #expect(select.withBlob(at: 0) { $0.map(Array.init) } == [])
    #expect(select.text(at: 1) == "blob")
    #expect(select.text(at: 2) == "")
    #expect(select.text(at: 3) == "text")
    select.reset()
  }

  @Test func aPreparedStatementIsCompiledOnceAndComesBackClean() throws {
    let folder = try DatabaseFolder()
    defer { folder.remove() }
    let connection = try folder.open()
    defer { connection.close() }
    let first = try connection.prepare("SELECT ?1")
    try first.bind(7, at: 1)
    #expect(try first.step())
    let second = try connection.prepare("SELECT ?1")
    #expect(first === second)
    #expect(try second.step())
    #expect(second.isNull(at: 0))
    second.reset()
  }

  @Test func aFailedStepNamesCodeFileAndColumnButNotTheValue() throws {
    let folder = try DatabaseFolder()
    defer { folder.remove() }
    let connection = try folder.open()
    defer { connection.close() }
    try connection.execute("CREATE TABLE t(k TEXT PRIMARY KEY)")
    let insert = try connection.prepare("INSERT INTO t VALUES(?)")
    try insert.bind("an@example.com", at: 1)
    try insert.run()
    try insert.bind("an@example.com", at: 1)
    let error = #expect(throws: SQLiteError.self) { try insert.run() }
    #expect(error?.extendedCode == 1555)
    #expect(error?.file == folder.file)
    #expect(error?.message == "UNIQUE constraint failed: t.k")
    try insert.bind("other", at: 1)
    try insert.run()
  }
}
