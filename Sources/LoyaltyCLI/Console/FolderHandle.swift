import Foundation
import ServiceKit

/// An open folder in which others may write. What lies there is named by its name alone, whatever stands by now under
/// the path that the folder was opened by, and no link is followed. One thread; close it.
package final class FolderHandle {
  private(set) var descriptor: Int32
  /// For messages.
  let shownPath: String

  private typealias Rename =
    @convention(c) @Sendable (Int32, UnsafePointer<CChar>, Int32, UnsafePointer<CChar>, UInt32) -> Int32

  /// glibc has it since 2.28; its header shows it to GNU's dialect of C alone, so Swift does not see it.
  private static let renameat2: Rename? = dlsym(nil, "renameat2").map { unsafeBitCast($0, to: Rename.self) }
  /// `RENAME_NOREPLACE` of Linux.
  private static let noReplace: UInt32 = 1
  private static let nameBytesMax = 255

  /// - Parameter path: the operator's own, so links in it are.
  package init(_ path: String) throws {
    shownPath = TerminalText.name(path)
    // Closed in children: a lock belongs to whoever holds the descriptor.
    descriptor = Foundation.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw CommandFailure("\(shownPath): cannot be read: \(Self.reason)") }
  }

  /// A folder within another one, made where there is none.
  package init(_ name: String, in parent: FolderHandle, mode: mode_t) throws {
    shownPath = parent.shown(name)
    guard Self.isName(name) else { throw CommandFailure("\(shownPath): is no name") }
    let isThere = mkdirat(parent.descriptor, name, mode) == 0 || errno == EEXIST
    descriptor = isThere ? openat(parent.descriptor, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC) : -1
    guard descriptor >= 0 else {
      throw CommandFailure("\(shownPath): is no folder, and none can be made: \(Self.reason)")
    }
  }

  private init(above folder: FolderHandle) throws {
    shownPath = folder.shownPath + "/.."
    descriptor = openat(folder.descriptor, "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw CommandFailure("\(shownPath): cannot be read: \(Self.reason)") }
  }

  /// The folder above; of the topmost itself.
  func parent() throws -> FolderHandle { try FolderHandle(above: self) }

  /// Of its device and on it: while it is there no other folder has the same.
  var place: String {
    get throws {
      var status = stat()
      guard fstat(descriptor, &status) == 0 else {
        throw CommandFailure("\(shownPath): cannot be read: \(Self.reason)")
      }
      return "\(status.st_dev)-\(status.st_ino)"
    }
  }

  /// Calling it again does nothing.
  package func close() {
    if descriptor >= 0 { Foundation.close(descriptor) }
    descriptor = -1
  }

  deinit { close() }

  /// A name names a file of a folder, and nothing above or below it.
  package static func isName(_ text: String) -> Bool {
    !text.isEmpty && text != "." && text != ".." && text.utf8.count <= nameBytesMax
      && !text.utf8.contains { $0 == 0 || $0 == UInt8(ascii: "/") }
  }

  /// For messages.
  package func shown(_ name: String) -> String { shownPath + "/" + TerminalText.name(name) }

  // MARK: What lies in it

  /// Without `.` and `..`. A name that is not UTF-8 is told, and cannot be opened.
  package func names() throws -> [String] {
    let copy = openat(descriptor, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard copy >= 0, let stream = fdopendir(copy) else {
      throw CommandFailure("\(shownPath): cannot be read: \(Self.reason)")
    }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names
  }

  /// Nil where nothing stands there, or something other than a regular file.
  package func identity(of name: String) -> FileIdentity? { status(of: name).flatMap { FileIdentity($0) } }

  package func has(_ name: String) -> Bool { status(of: name) != nil }

  func isFolder(_ name: String) -> Bool { status(of: name).map { $0.st_mode & S_IFMT == S_IFDIR } ?? false }

  private func status(of name: String) -> stat? {
    var status = stat()
    guard Self.isName(name), fstatat(descriptor, name, &status, AT_SYMLINK_NOFOLLOW) == 0 else { return nil }
    return status
  }

  // MARK: Files

  /// A descriptor of the caller's own. Opening a pipe does not wait for its other end.
  func open(_ name: String, _ flags: Int32, mode: mode_t = 0) throws -> Int32 {
    guard Self.isName(name) else { throw CommandFailure("\(shown(name)): is no name") }
    let file = openat(descriptor, name, flags | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, mode)
    guard file >= 0 else { throw CommandFailure("\(shown(name)): cannot be opened: \(Self.reason)") }
    return file
  }

  /// The same for reading, of a regular file alone.
  package func openFile(_ name: String) throws -> Int32 {
    let file = try open(name, O_RDONLY)
    guard FileIdentity(descriptor: file) != nil else {
      Foundation.close(file)
      throw CommandFailure("\(shown(name)): is not a regular file")
    }
    return file
  }

  package func remove(_ name: String) { if Self.isName(name) { unlinkat(descriptor, name, 0) } }

  /// False where the new name is taken: what has it keeps it.
  func move(_ name: String, to folder: FolderHandle, as newName: String) throws -> Bool {
    guard Self.isName(name), Self.isName(newName) else { throw CommandFailure("\(shown(name)): is no name") }
    guard let renameat2 = Self.renameat2 else {
      throw CommandFailure("\(shown(name)): cannot be moved: the system's library has no renameat2")
    }
    if renameat2(descriptor, name, folder.descriptor, newName, Self.noReplace) == 0 { return true }
    if errno == EEXIST { return false }
    throw CommandFailure("\(shown(name)): cannot be moved to \(folder.shown(newName)): \(Self.reason)")
  }

  /// Replaces what has the new name, in one step.
  func replace(_ newName: String, by name: String) throws {
    guard Self.isName(name), Self.isName(newName), renameat(descriptor, name, descriptor, newName) == 0 else {
      throw CommandFailure("\(shown(newName)): cannot be written: \(Self.reason)")
    }
  }

  private static var reason: String { String(cString: strerror(errno)) }
}
