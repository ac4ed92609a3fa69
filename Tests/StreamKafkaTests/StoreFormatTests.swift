import Foundation
import SQLite
import StreamKafka
import StreamRuntime
import Testing

/// What a state file says of its own making and of its rows' formats.
@Suite(.timeLimit(.minutes(10))) struct StoreFormatTests {
  private typealias Shelf = SQLiteStoreBackendTests.Shelf

  private func change(_ file: String, _ sql: String) throws {
    let connection = try SQLiteConnection(file: file, options: SQLiteOptions())
    defer { connection.close() }
    try connection.execute(sql)
  }

  @Test func notedFormatsLastAndGoBackWithTheirRows() throws {
    let shelf = try Shelf()
    #expect(try shelf.backend.formats(table: 0) == nil)
    try shelf.backend.setFormats(table: 0, [])
    #expect(try shelf.backend.formats(table: 0) == [])
    try shelf.backend.setFormats(table: 0, [4, 200])
    try shelf.commit(1)
    try shelf.reopen()
    #expect(try shelf.backend.formats(table: 0) == [4, 200])
    try shelf.backend.setFormats(table: 0, [5])
    try shelf.backend.rollback()
    #expect(try shelf.backend.formats(table: 0) == [4, 200])
    try shelf.backend.setFormats(table: 0, [])
    try shelf.commit(2)
    try shelf.reopen()
    #expect(try shelf.backend.formats(table: 0) == [])
    try shelf.backend.wipe()
    #expect(try shelf.backend.formats(table: 0) == nil)
  }

  @Test func fileOfRelease010IsTakenOverWithItsRows() throws {
    let shelf = try Shelf()
    try shelf.put("a", "1")
    try shelf.commit(3)
    shelf.backend.close()
    try change(shelf.file, "DROP TABLE formats")
    try change(shelf.file, "PRAGMA user_version = 0")
    try shelf.open()
    #expect(try shelf.get("a") == "1" && shelf.backend.position(table: 0) == 3)
    #expect(try shelf.backend.formats(table: 0) == nil)
  }

  @Test func fileOfALaterReleaseIsMadeAnew() throws {
    let shelf = try Shelf()
    try shelf.put("a", "1")
    try shelf.commit(3)
    shelf.backend.close()
    try change(shelf.file, "PRAGMA user_version = 99")
    try shelf.open()
    #expect(try shelf.get("a") == nil && shelf.backend.position(table: 0) == nil)
  }
}
