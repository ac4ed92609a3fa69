import CSQLite

/// A compiled statement, made and kept by `SQLiteConnection.prepare`. Used on the connection's thread only.
///
///     bind… → step() → true: read columns, step() again → false or throw → reset()
///
/// Parameters count from 1, columns from 0, as in SQLite.
package final class SQLiteStatement {
  private var pointer: OpaquePointer?
  private let database: OpaquePointer
  private let file: String

  init(pointer: OpaquePointer, database: OpaquePointer, file: String) {
    self.pointer = pointer
    self.database = database
    self.file = file
  }

  // MARK: Parameters

  package func bind(_ value: Int64, at parameter: Int32) throws(SQLiteError) {
    try check(sqlite3_bind_int64(handle, parameter, value))
  }

  /// Binds bytes as a BLOB without copying: they must stay valid and unchanged until `reset()` or the next bind.
  package func bind(_ bytes: UnsafeRawBufferPointer, at parameter: Int32) throws(SQLiteError) {
    guard let base = bytes.baseAddress, bytes.count > 0 else {
      // A null pointer would bind NULL; an empty BLOB is a value of its own.
      return try check(sqlite3_bind_zeroblob(handle, parameter, 0))
    }
    try check(sqlite3_bind_blob64(handle, parameter, base, UInt64(bytes.count), nil))
  }

  /// Binds TEXT; SQLite keeps a copy of its own.
  package func bind(_ text: String, at parameter: Int32) throws(SQLiteError) {
    // A null pointer would bind NULL; an empty text is a value of its own.
    guard !text.isEmpty else { return try check(sqlite3_bind_text(handle, parameter, "", 0, Self.transient)) }
    var text = text
    let code = text.withUTF8 { utf8 in
      utf8.withMemoryRebound(to: CChar.self) { chars in
        sqlite3_bind_text64(
          handle, parameter, chars.baseAddress, UInt64(chars.count), Self.transient, UInt8(SQLITE_UTF8))
      }
    }
    try check(code)
  }

  package func bindNull(at parameter: Int32) throws(SQLiteError) {
    try check(sqlite3_bind_null(handle, parameter))
  }

  // MARK: Execution

  /// Runs to the next row: true when columns can be read, false when the statement is done.
  /// A failure resets the statement before it throws. May block on disk and, up to the busy timeout, on another's lock.
  package func step() throws(SQLiteError) -> Bool {
    let code = sqlite3_step(handle)
    if code == SQLITE_ROW { return true }
    if code == SQLITE_DONE { return false }
    let failure = SQLiteError(result: code, database: database, file: file)
    reset()
    throw failure
  }

  /// Runs a statement that returns no rows of interest to its end, and resets it.
  package func run() throws(SQLiteError) {
    while try step() {}
    reset()
  }

  /// Makes the statement ready for its next use, its bindings set to NULL; bytes bound without a copy are let go.
  package func reset() {
    // "If the most recent call to sqlite3_step(S) … indicated an error, then sqlite3_reset(S) returns an appropriate
    // error code": that error was thrown by step() already.
    _ = sqlite3_reset(handle)
    sqlite3_clear_bindings(handle)
  }

  // MARK: Columns of the current row

  package func int64(at column: Int32) -> Int64 {
    sqlite3_column_int64(handle, column)
  }

  package func isNull(at column: Int32) -> Bool {
    sqlite3_column_type(handle, column) == SQLITE_NULL
  }

  /// Lends the bytes of a BLOB or TEXT column; nil is NULL. They are gone after the next `step()` or `reset()`.
  package func withBlob<Result: ~Copyable, Failure: Error>(
    at column: Int32, _ body: (UnsafeRawBufferPointer?) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    guard let base = sqlite3_column_blob(handle, column) else {
      // "The return value from sqlite3_column_blob() for a zero-length BLOB is a NULL pointer."
      return try body(isNull(at: column) ? nil : UnsafeRawBufferPointer(start: nil, count: 0))
    }
    return try body(UnsafeRawBufferPointer(start: base, count: Int(sqlite3_column_bytes(handle, column))))
  }

  /// A copy of a TEXT column; nil is NULL.
  package func text(at column: Int32) -> String? {
    guard let base = sqlite3_column_text(handle, column) else { return nil }
    let utf8 = UnsafeBufferPointer(start: base, count: Int(sqlite3_column_bytes(handle, column)))
    return String(decoding: utf8, as: UTF8.self)
  }

  func finalize() {
    // Returns the error of the last step, which step() has thrown already.
    _ = sqlite3_finalize(pointer)
    pointer = nil
  }

  private var handle: OpaquePointer {
    guard let pointer else { preconditionFailure("SQLiteStatement used after its connection was closed") }
    return pointer
  }

  private func check(_ code: Int32) throws(SQLiteError) {
    guard code == SQLITE_OK else { throw SQLiteError(result: code, database: database, file: file) }
  }

  /// `SQLITE_TRANSIENT`, "the content will likely change in the near future and SQLite should make its own copy".
  private static let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
}
