/// How a database is opened, for reading and writing and with a write-ahead log. Every setting is passed to SQLite
/// explicitly; nothing that matters is left to its defaults.
package struct SQLiteOptions: Sendable {
  package var synchronous: Synchronous = .normal
  /// Page cache of this connection, in KiB.
  package var cacheSizeKiB: Int = 16 * 1024
  /// Bytes a page; takes effect on a new file only.
  package var pageSizeBytes: Int = 4096
  /// Bytes of the file that may be memory mapped; 0 turns mapping off.
  package var mmapSizeBytes: Int = 0
  /// Holds the file for this connection alone: no shared memory file, and no lock calls per transaction.
  package var isExclusive: Bool = false
  /// How long a statement waits for another connection's lock before it fails with `busy`.
  package var busyTimeoutMs: Int32 = 5_000
  /// WAL pages after which a commit runs a PASSIVE checkpoint; 0 leaves checkpoints to `checkpoint(_:)`.
  package var walAutocheckpointPages: Int = 1_000

  package enum Synchronous: String, Sendable {
    case off, normal, full
  }

  package init() {}

  /// The settings as pragmas, in the order SQLite needs: the page size before the journal mode creates the file.
  var pragmas: [String] {
    [
      "page_size = \(pageSizeBytes)",
      "locking_mode = \(isExclusive ? "EXCLUSIVE" : "NORMAL")",
      "cache_size = -\(cacheSizeKiB)",
      "mmap_size = \(mmapSizeBytes)",
      "temp_store = MEMORY",
      "synchronous = \(synchronous.rawValue)",
      "wal_autocheckpoint = \(walAutocheckpointPages)",
    ]
  }
}
