import Glibc
import StreamRuntime

/// A small file beside a partition's store. What is written outlives the process and need not outlive the machine, so
/// nothing waits for the disk.
struct NoteFile {
  private let path: String
  private static let bytesMax = 4_096
  private static let onlyOwner: mode_t = 0o600

  init(_ path: String) { self.path = path }

  /// Nil where there is none; one that is larger than any that was kept is none either.
  func read() throws -> [UInt8]? {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else {
      guard errno == ENOENT else { throw failure("read") }
      return nil
    }
    defer { close(file) }
    var bytes = [UInt8](repeating: 0, count: Self.bytesMax)
    let count = Glibc.read(file, &bytes, bytes.count)
    guard count >= 0 else { throw failure("read") }
    return count < bytes.count ? Array(bytes[..<count]) : nil
  }

  /// Whole or not at all; nil takes it away.
  func keep(_ note: [UInt8]?) throws {
    guard let note else {
      guard unlink(path) == 0 || errno == ENOENT else { throw failure("removed") }
      return
    }
    let new = "\(path).new"
    let file = open(new, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, Self.onlyOwner)
    guard file >= 0 else { throw failure("written") }
    let written = write(file, note, note.count)
    guard close(file) == 0, written == note.count, rename(new, path) == 0 else { throw failure("written") }
  }

  private func failure(_ what: String) -> StreamError {
    StreamError(
      .fatal,
      "\(path) cannot be \(what): \(String(cString: strerror(errno))). Free space on the disk of --state-dir, or give this "
        + "user access to it, and start again; nothing is lost")
  }
}
