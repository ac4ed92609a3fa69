extension SQLiteConnection {
  /// Starts a transaction that holds the write lock from the start: one that turned into a write later could meet a
  /// `busy` that no timeout heals.
  package func beginImmediate() throws(SQLiteError) {
    try transactionStatements.begin.run()
  }

  /// Makes the transaction's changes durable as far as `synchronous` says. After a failure the transaction may still be
  /// open: roll it back.
  package func commit() throws(SQLiteError) {
    try transactionStatements.commit.run()
  }

  /// Takes back the open transaction; does nothing when SQLite has rolled it back by itself.
  package func rollback() throws(SQLiteError) {
    guard isInTransaction else { return }
    try transactionStatements.rollback.run()
  }
}
