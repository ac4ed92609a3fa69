import CSQLite

/// What SQLite refused, with the file it happened on. Holds no bound value, so it is safe to log.
package struct SQLiteError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The primary result code.
  package let code: Code
  /// The extended result code; equal to the primary one where SQLite gives no more detail.
  package let extendedCode: Int32
  /// SQLite's own sentence.
  package let message: String
  /// Path of the database file.
  package let file: String

  package struct Code: RawRepresentable, Hashable, Sendable {
    package let rawValue: Int32

    package init(rawValue: Int32) {
      self.rawValue = rawValue
    }

    package static let busy = Code(rawValue: SQLITE_BUSY)
    package static let locked = Code(rawValue: SQLITE_LOCKED)
    package static let readOnly = Code(rawValue: SQLITE_READONLY)
    package static let ioError = Code(rawValue: SQLITE_IOERR)
    package static let corrupt = Code(rawValue: SQLITE_CORRUPT)
    package static let full = Code(rawValue: SQLITE_FULL)
    package static let cannotOpen = Code(rawValue: SQLITE_CANTOPEN)
    package static let misuse = Code(rawValue: SQLITE_MISUSE)
    package static let notADatabase = Code(rawValue: SQLITE_NOTADB)
    /// Ours, not SQLite's: a pragma did not take the value asked for.
    package static let pragmaRefused = Code(rawValue: -1)
  }

  package init(code: Code, extendedCode: Int32, message: String, file: String) {
    self.code = code
    self.extendedCode = extendedCode
    self.message = message
    self.file = file
  }

  /// The disk or the quota is full; nothing was written.
  package var isFull: Bool { code == .full }
  /// The file, its folder or the connection does not allow writing.
  package var isReadOnly: Bool { code == .readOnly }
  /// The file cannot be trusted any more: delete it and rebuild it from its changelog.
  package var isCorrupt: Bool { code == .corrupt || code == .notADatabase }
  /// Another connection held the lock for longer than the busy timeout.
  package var isBusy: Bool { code == .busy || code == .locked }

  package var description: String {
    "sqlite \(code.rawValue)/\(extendedCode): \(message) (\(file))"
  }
}
