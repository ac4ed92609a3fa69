import Foundation
import JSON

/// The result file of a file of the inbox: a line a fault, and a last one that sums up. One thread; close it.
struct InboxResult {
  private let handle: FileHandle
  /// Of what stays: without the last line.
  private(set) var bytes: Int64

  /// Cut off behind what belongs to the rows that are done; nil where less than that is there.
  static func open(_ name: String, in folder: FolderHandle, from length: Int64) throws -> InboxResult? {
    let descriptor = try folder.open(name, O_RDWR | O_CREAT, mode: 0o644)
    let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    var status = stat()
    // A second name for somebody else's file is no better than a link to it.
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_nlink == 1 else {
      try handle.close()
      throw CommandFailure("\(folder.shown(name)): is not a file of its own")
    }
    guard Int64(status.st_size) >= length else {
      try handle.close()
      return nil
    }
    try handle.truncate(atOffset: UInt64(length))
    try handle.seekToEnd()
    return InboxResult(handle: handle, bytes: length)
  }

  /// Lines that stay. Behind them stands what the file's last line is until the next call.
  mutating func write(_ lines: [JSONValue], underWay last: JSONValue) throws {
    let kept = Self.text(lines)
    // In one go, over the last line as it was: a process that is killed leaves a whole one behind.
    try handle.seek(toOffset: UInt64(bytes))
    try handle.write(contentsOf: kept + Self.text([last]))
    bytes += Int64(kept.count)
    try handle.truncate(atOffset: handle.offset())
  }

  /// The last line, for good or until the file is read on.
  mutating func conclude(_ last: JSONValue) throws {
    try write([], underWay: last)
    try synchronize()
  }

  func synchronize() throws { try handle.synchronize() }

  private static func text(_ lines: [JSONValue]) -> Data {
    Data(lines.map { $0.compact + "\n" }.joined().utf8)
  }

  func close() throws { try handle.close() }
}
