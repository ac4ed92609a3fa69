import Foundation
import JSON

/// The result file of a file of the inbox: a line a refused row, and one that sums up. One thread; close it.
struct InboxResult {
  private let handle: FileHandle
  /// Of the file as it is.
  private(set) var bytes: Int64

  /// Cut off behind what belongs to the rows that are done; nil where less than that is there.
  static func open(_ path: String, from length: Int64) throws -> InboxResult? {
    let descriptor = Foundation.open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else {
      throw CommandFailure("\(path): cannot be written: \(String(cString: strerror(errno)))")
    }
    let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    var status = stat()
    // A second name for somebody else's file is no better than a link to it.
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_nlink == 1 else {
      try handle.close()
      throw CommandFailure("\(path): is not a file of its own")
    }
    guard Int64(status.st_size) >= length else {
      try handle.close()
      return nil
    }
    try handle.truncate(atOffset: UInt64(length))
    try handle.seekToEnd()
    return InboxResult(handle: handle, bytes: length)
  }

  mutating func write(_ line: JSONValue) throws {
    let data = Data((line.compact + "\n").utf8)
    try handle.write(contentsOf: data)
    bytes += Int64(data.count)
  }

  func synchronize() throws { try handle.synchronize() }

  func close() throws { try handle.close() }
}
