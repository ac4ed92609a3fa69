import Foundation
import SQLite
import StreamRuntime

/// The file of one partition's stores: its tables, and what it takes to trust one that is there already.
enum StateFile {
  static func open(
    _ file: String, stores: [String], cacheKiB: Int, _ seal: StoreSeal
  ) throws -> SQLiteConnection {
    let folder = URL(fileURLWithPath: file).deletingLastPathComponent().path
    do {
      try FileManager.default.createDirectory(
        atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: StateFolder.folderMode])
    } catch {
      throw StreamError(
        .fatal,
        "the state folder \(folder) cannot be made: \(error.localizedDescription) Give this user write access to --state-dir"
      )
    }
    do throws(SQLiteError) {
      if let connection = try openSound(file, stores: stores, cacheKiB: cacheKiB, seal) { return connection }
    } catch {
      guard error.isCorrupt else { throw StreamError(error, doing: "open the store \(file)") }
    }
    return try sqlite("make the store \(file) anew") { () throws(SQLiteError) in
      try SQLiteConnection.deleteDatabase(file: file)
      guard let connection = try openSound(file, stores: stores, cacheKiB: cacheKiB, seal) else {
        preconditionFailure("a new store was never open")
      }
      return connection
    }
  }

  /// What the tables beside the rows' are, in `user_version`; 0 is release 0.1.0, which had no `formats` and wrote
  /// none.
  private static let fileFormat: Int64 = 1

  /// Nil for a store that was open when the machine went down, and for a file of a later release's making.
  private static func openSound(
    _ file: String, stores: [String], cacheKiB: Int, _ seal: StoreSeal
  ) throws(SQLiteError) -> SQLiteConnection? {
    var options = SQLiteOptions()
    options.cacheSizeKiB = cacheKiB
    options.isExclusive = true
    options.pageSizeBytes = 4096
    options.busyTimeoutMs = 5_000
    options.synchronous = seal.synchronous
    // 32 MiB: of pages that change again and again only the last image moves on to the file.
    options.walAutocheckpointPages = 8_192
    // What hinders it hinders opening it, which says why.
    StateFolder.makeFile(file)
    let connection = try SQLiteConnection(file: file, options: options)
    do throws(SQLiteError) {
      let madeAs = try fileFormat(of: connection)
      guard madeAs <= fileFormat, try seal.open(connection) else {
        connection.close()
        return nil
      }
      try connection.execute(
        "CREATE TABLE IF NOT EXISTS formats (store TEXT PRIMARY KEY, formats BLOB NOT NULL) WITHOUT ROWID")
      if madeAs < fileFormat { try connection.execute("PRAGMA user_version = \(fileFormat)") }
      try connection.execute("CREATE TABLE IF NOT EXISTS usage (id INTEGER PRIMARY KEY, lastUsedMs INTEGER NOT NULL)")
      try connection.execute(
        "CREATE TABLE IF NOT EXISTS positions (store TEXT PRIMARY KEY, position INTEGER NOT NULL) WITHOUT ROWID")
      // Release 0.1.0 leaves it alone, and what it says stays true.
      try connection.execute("CREATE TABLE IF NOT EXISTS origin (id INTEGER PRIMARY KEY, cluster TEXT NOT NULL)")
      for store in stores {
        try connection.execute(
          "CREATE TABLE IF NOT EXISTS \"\(store)\" (key BLOB PRIMARY KEY, image BLOB NOT NULL, due INTEGER) WITHOUT ROWID"
        )
        try connection.execute(
          "CREATE INDEX IF NOT EXISTS \"\(store) by due\" ON \"\(store)\" (due) WHERE due IS NOT NULL")
      }
    } catch {
      connection.close()
      throw error
    }
    return connection
  }

  private static func fileFormat(of connection: SQLiteConnection) throws(SQLiteError) -> Int64 {
    let statement = try connection.prepare("PRAGMA user_version")
    defer { statement.reset() }
    return try statement.step() ? statement.int64(at: 0) : 0
  }
}
