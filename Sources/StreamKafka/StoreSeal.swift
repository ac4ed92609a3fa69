import Foundation
import SQLite

/// Lets a store do without waiting for the disk: what the operating system has taken survives the process, `kill -9`
/// included, but not the machine.
///
///     sealed ──▶ open in this boot ──▶ sealed                  seal(): all of it is on the disk
///                        │
///                        └─ the machine went down ──▶ open in another boot: not trusted, restored whole
///
/// The mark of an open store is on the disk itself before anything else is written, and goes after all the rest is.
package struct StoreSeal: Sendable {
  /// Names this run of the machine's kernel; nil where nothing does, and then every commit waits for the disk.
  let boot: String?

  package init(boot: String?) { self.boot = boot }

  package static let ofThisBoot = StoreSeal(
    boot: (try? String(contentsOfFile: "/proc/sys/kernel/random/boot_id", encoding: .utf8))?
      .trimmingCharacters(in: .whitespacesAndNewlines))

  /// How an open store writes.
  var synchronous: SQLiteOptions.Synchronous { boot == nil ? .normal : .off }

  /// Marks the store as open. False, and nothing done, where the machine went down while it was.
  func open(_ connection: SQLiteConnection) throws(SQLiteError) -> Bool {
    try connection.execute("CREATE TABLE IF NOT EXISTS opened (boot TEXT NOT NULL)")
    if let earlier = try mark(in: connection) { return earlier == boot }
    if let boot { try toTheDisk(connection, "INSERT INTO opened (boot) VALUES ('\(boot)')") }
    return true
  }

  private func mark(in connection: SQLiteConnection) throws(SQLiteError) -> String? {
    let statement = try connection.prepare("SELECT boot FROM opened")
    defer { statement.reset() }
    return try statement.step() ? statement.text(at: 0) : nil
  }

  /// Brings all that is committed to the disk, then takes the mark away.
  func seal(_ connection: SQLiteConnection) throws(SQLiteError) {
    guard boot != nil else { return }
    try toTheDisk(connection, "")
    try toTheDisk(connection, "DELETE FROM opened")
  }

  private func toTheDisk(_ connection: SQLiteConnection, _ change: String) throws(SQLiteError) {
    try connection.execute("PRAGMA synchronous = \(SQLiteOptions.Synchronous.full.rawValue)")
    try connection.execute(change)
    // Under `full` both the log and the file are synced, whoever wrote what is in them.
    guard try connection.checkpoint(.truncate) else {
      throw SQLiteError(
        code: .busy, extendedCode: 0, message: "the log cannot be emptied", file: connection.file)
    }
    try connection.execute("PRAGMA synchronous = \(synchronous.rawValue)")
  }
}
