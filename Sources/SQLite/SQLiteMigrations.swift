extension SQLiteConnection {
  /// Brings the schema up to date: script `i` moves the file from `user_version` `i` to `i + 1`, each in a transaction
  /// of its own, so a crash leaves a whole version. Scripts are appended, never edited.
  /// Throws `newerSchema` on a file written by a later program.
  package func migrate(_ scripts: [String]) throws(SQLiteError) {
    let current = try userVersion()
    guard current <= scripts.count else {
      throw SQLiteError(
        code: .newerSchema, extendedCode: 0,
        message: "schema version \(current) is newer than this program's \(scripts.count)", file: file)
    }
    for version in current..<scripts.count {
      try withTransaction { () throws(SQLiteError) in
        try execute(scripts[version])
        try execute("PRAGMA user_version = \(version + 1)")
      }
    }
  }

  /// The schema version in the file's header; 0 for a new file.
  package func userVersion() throws(SQLiteError) -> Int {
    try scalar("PRAGMA user_version").flatMap { Int($0) } ?? 0
  }
}
