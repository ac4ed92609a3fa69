import CSQLite

/// One open database file, owned by one thread: the one that opened it makes every call and closes it.
/// Opened without SQLite's own mutexes, so calls from two threads at once are a bug, not a wait.
package final class SQLiteConnection {
  package let file: String
  private var database: OpaquePointer?
  private var statements: [String: SQLiteStatement] = [:]
  /// Kept apart from the cache so that a transaction costs no dictionary look-up.
  private var preparedTransaction: TransactionStatements?

  struct TransactionStatements {
    let begin: SQLiteStatement
    let commit: SQLiteStatement
    let rollback: SQLiteStatement
  }

  /// Opens the file, or creates it, and applies the options. Blocks on disk.
  package init(file: String, options: SQLiteOptions) throws(SQLiteError) {
    self.file = file
    database = try Self.open(file: file)
    do throws(SQLiteError) {
      try configure(options)
      preparedTransaction = TransactionStatements(
        begin: try prepare("BEGIN IMMEDIATE"), commit: try prepare("COMMIT"), rollback: try prepare("ROLLBACK"))
    } catch {
      close()
      throw error
    }
  }

  deinit {
    precondition(database == nil, "SQLiteConnection dropped without close()")
  }

  /// Rows changed by the last statement that finished.
  package var changes: Int {
    Int(sqlite3_changes64(handle))
  }

  /// True between a `begin` and its `commit` or `rollback`. SQLite itself may roll back, after `full` or an I/O error.
  package var isInTransaction: Bool {
    sqlite3_get_autocommit(handle) == 0
  }

  /// Runs one or more statements, discarding rows. For schema and pragmas, not for the hot path.
  package func execute(_ sql: String) throws(SQLiteError) {
    let code = sqlite3_exec(handle, sql, nil, nil, nil)
    guard code == SQLITE_OK else { throw error(code) }
  }

  /// The statement for `sql`, compiled once per connection. It is reset and has no bindings left over.
  /// Valid until `close()`. Two users of the same text share one statement: finish with it before the next use.
  package func prepare(_ sql: String) throws(SQLiteError) -> SQLiteStatement {
    if let cached = statements[sql] {
      cached.reset()
      return cached
    }
    var pointer: OpaquePointer?
    let code = sqlite3_prepare_v3(handle, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &pointer, nil)
    guard code == SQLITE_OK else { throw error(code) }
    guard let pointer else {
      throw SQLiteError(code: .misuse, extendedCode: SQLITE_MISUSE, message: "empty statement", file: file)
    }
    let statement = SQLiteStatement(pointer: pointer, database: handle, file: file)
    statements[sql] = statement
    return statement
  }

  /// Finalises every statement and closes the file. An open transaction is rolled back. Calling it again does nothing.
  package func close() {
    guard let open = database else { return }
    for statement in statements.values { statement.finalize() }
    statements.removeAll()
    preparedTransaction = nil
    database = nil
    let code = sqlite3_close(open)
    precondition(code == SQLITE_OK, "sqlite3_close refused: a statement is still alive")
  }

  var handle: OpaquePointer {
    guard let database else { preconditionFailure("SQLiteConnection used after close()") }
    return database
  }

  var transactionStatements: TransactionStatements {
    guard let preparedTransaction else { preconditionFailure("SQLiteConnection used after close()") }
    return preparedTransaction
  }

  func error(_ code: Int32) -> SQLiteError {
    SQLiteError(result: code, database: handle, file: file)
  }

  /// The first column of the first row, for pragmas.
  func scalar(_ sql: String) throws(SQLiteError) -> String? {
    let statement = try prepare(sql)
    defer { statement.reset() }
    guard try statement.step() else { return nil }
    return statement.text(at: 0)
  }

  private static func open(file: String) throws(SQLiteError) -> OpaquePointer {
    let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE
    var pointer: OpaquePointer?
    let code = sqlite3_open_v2(file, &pointer, flags, nil)
    guard let pointer else {
      throw SQLiteError(code: .init(rawValue: code & 0xff), extendedCode: code, message: "out of memory", file: file)
    }
    guard code == SQLITE_OK else {
      // "resources associated with the database connection handle should be released by passing it to sqlite3_close()"
      let failure = SQLiteError(result: code, database: pointer, file: file)
      sqlite3_close(pointer)
      throw failure
    }
    // A file that may not be written is opened for reading only, without a word.
    if sqlite3_db_readonly(pointer, "main") == 1 {
      sqlite3_close(pointer)
      throw SQLiteError(
        code: .readOnly, extendedCode: SQLITE_READONLY, message: "the file cannot be written", file: file)
    }
    return pointer
  }

  private func configure(_ options: SQLiteOptions) throws(SQLiteError) {
    sqlite3_busy_timeout(handle, options.busyTimeoutMs)
    for pragma in options.pragmas { try execute("PRAGMA \(pragma)") }
    let mode = try scalar("PRAGMA journal_mode = wal") ?? ""
    guard mode == "wal" else {
      throw SQLiteError(
        code: .pragmaRefused, extendedCode: 0, message: "journal_mode is '\(mode)', asked for 'wal'", file: file)
    }
  }
}

extension SQLiteError {
  init(result: Int32, database: OpaquePointer, file: String) {
    self.init(
      code: Code(rawValue: result & 0xff), extendedCode: sqlite3_extended_errcode(database),
      message: String(cString: sqlite3_errmsg(database)), file: file)
  }
}
