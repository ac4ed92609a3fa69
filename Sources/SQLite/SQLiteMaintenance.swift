import CSQLite
import Foundation

extension SQLiteConnection {
  package enum CheckpointMode: Sendable {
    /// Copies what it can without waiting for anyone: the one for normal life.
    case passive
    /// Waits for readers and writers, copies everything and cuts the WAL to zero bytes: before a stop or a copy.
    case truncate
  }

  /// Moves the WAL's content into the database file. Blocks on disk. Returns false when a part had to stay in the WAL.
  package func checkpoint(_ mode: CheckpointMode) throws(SQLiteError) -> Bool {
    var logFrames: Int32 = 0
    var copiedFrames: Int32 = 0
    let flag = mode == .passive ? SQLITE_CHECKPOINT_PASSIVE : SQLITE_CHECKPOINT_TRUNCATE
    let code = sqlite3_wal_checkpoint_v2(handle, nil, flag, &logFrames, &copiedFrames)
    if code & 0xff == SQLITE_BUSY { return false }
    guard code == SQLITE_OK else { throw error(code) }
    return logFrames == copiedFrames
  }

  /// Deletes a closed database: the file together with its `-wal`, `-shm` and `-journal`, since a log left behind would
  /// be played into the next file of that name. Files that do not exist are fine.
  package static func deleteDatabase(file: String) throws(SQLiteError) {
    for suffix in ["-wal", "-shm", "-journal", ""] {
      guard unlink(file + suffix) != 0, errno != ENOENT else { continue }
      throw SQLiteError(
        code: .ioError, extendedCode: errno, message: "cannot delete: \(String(cString: strerror(errno)))",
        file: file + suffix)
    }
  }
}
