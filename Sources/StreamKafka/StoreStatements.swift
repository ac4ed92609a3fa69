import SQLite

/// The statements that read and write one store's table. Taken in hand for every row.
final class StoreStatements {
  let get: SQLiteStatement
  /// Takes a new row, or a row's new image; where the due instant is another one too it changes nothing, and `putDue`
  /// takes both. So a row that stays due when it was leaves the index of due instants alone, a random page of it for
  /// each.
  let put: SQLiteStatement
  let putDue: SQLiteStatement
  let remove: SQLiteStatement
  let keys: SQLiteStatement
  let scan: SQLiteStatement
  let due: SQLiteStatement
  let earliest: SQLiteStatement
  let count: SQLiteStatement
  let position: SQLiteStatement
  let setPosition: SQLiteStatement
  let formats: SQLiteStatement
  let setFormats: SQLiteStatement

  init(_ connection: SQLiteConnection, _ store: String) throws(SQLiteError) {
    get = try connection.prepare("SELECT image FROM \"\(store)\" WHERE key = ?")
    put = try connection.prepare(
      "INSERT INTO \"\(store)\" (key, image, due) VALUES (?, ?, ?) "
        + "ON CONFLICT (key) DO UPDATE SET image = excluded.image WHERE due IS excluded.due")
    putDue = try connection.prepare("UPDATE \"\(store)\" SET image = ?2, due = ?3 WHERE key = ?1")
    remove = try connection.prepare("DELETE FROM \"\(store)\" WHERE key = ?")
    keys = try connection.prepare("SELECT key FROM \"\(store)\"")
    scan = try connection.prepare("SELECT key, image FROM \"\(store)\" WHERE key >= ? AND key < ? ORDER BY key LIMIT ?")
    due = try connection.prepare(
      "SELECT key, image FROM \"\(store)\" WHERE due IS NOT NULL AND due <= ? ORDER BY due, key LIMIT ?")
    earliest = try connection.prepare(
      "SELECT due FROM \"\(store)\" WHERE due IS NOT NULL AND due > ? ORDER BY due LIMIT 1")
    count = try connection.prepare("SELECT count(*) FROM \"\(store)\" WHERE key >= x'01'")
    position = try connection.prepare("SELECT position FROM positions WHERE store = ?")
    setPosition = try connection.prepare(
      "INSERT INTO positions (store, position) VALUES (?, ?) "
        + "ON CONFLICT (store) DO UPDATE SET position = excluded.position")
    formats = try connection.prepare("SELECT formats FROM formats WHERE store = ?")
    setFormats = try connection.prepare(
      "INSERT INTO formats (store, formats) VALUES (?, ?) "
        + "ON CONFLICT (store) DO UPDATE SET formats = excluded.formats")
  }
}

extension StoreStatements {
  /// Writes a row; nil: takes it away.
  func write(
    _ key: UnsafeRawBufferPointer, _ image: UnsafeRawBufferPointer?, dueMs: Int64?, _ connection: SQLiteConnection
  ) throws(SQLiteError) {
    guard let image else {
      try remove.bind(key, at: 1)
      return try remove.run()
    }
    try put.run(key, image, dueMs)
    if connection.changes == 0 { try putDue.run(key, image, dueMs) }
  }
}

extension SQLiteStatement {
  fileprivate func run(
    _ key: UnsafeRawBufferPointer, _ image: UnsafeRawBufferPointer, _ dueMs: Int64?
  ) throws(SQLiteError) {
    try bind(key, at: 1)
    try bind(image, at: 2)
    if let dueMs { try bind(dueMs, at: 3) } else { try bindNull(at: 3) }
    try run()
  }

  /// Key and image of each row that a bound statement finds; valid inside the call only.
  func forEachRow(
    of store: String, _ body: (_ key: UnsafeRawBufferPointer, _ image: UnsafeRawBufferPointer) throws -> Void
  ) throws {
    defer { reset() }
    while try sqlite("read \(store)", { () throws(SQLiteError) in try step() }) {
      try withBlob(at: 0) { key in
        try withBlob(at: 1) { image in
          guard let key, let image else { preconditionFailure("a stored row has a key and an image") }
          try body(key, image)
        }
      }
    }
  }
}
