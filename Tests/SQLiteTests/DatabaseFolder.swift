import Foundation
import SQLite

/// A fresh folder with one database file name in it, removed by the test's `defer`.
struct DatabaseFolder {
  let folder: URL
  var file: String { folder.appendingPathComponent("store.db").path }

  init() throws {
    folder = FileManager.default.temporaryDirectory.appendingPathComponent("stampede-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  func open(_ change: (inout SQLiteOptions) -> Void = { _ in }) throws -> SQLiteConnection {
    var options = SQLiteOptions()
    change(&options)
    return try SQLiteConnection(file: file, options: options)
  }

  func remove() {
    try? FileManager.default.removeItem(at: folder)
  }
}
