import Foundation
import ServiceKit

/// Where `loyalty inbox` keeps how far it has come with the files of a folder: in a folder of its own that nobody else
/// writes to, `STATE/inbox/DEVICE-INODE`, since whoever may drop files could say there what is to be moved where. One
/// thread; close it.
package final class InboxState {
  let folder: FolderHandle

  private static let ending = ".progress"
  private static let folderMode: mode_t = 0o700
  private static let depthMax = 1_000
  private static let fileMode: mode_t = 0o600

  /// - Parameters:
  ///   - directory: made where there is none.
  ///   - note: told where a folder was open to others.
  /// - Throws: `CommandFailure` where it lies in the folder that others write to, or belongs to another user.
  package init(_ directory: String, of inbox: FolderHandle, note: (String) -> Void) throws {
    let shown = TerminalText.name(directory)
    do {
      try FileManager.default.createDirectory(
        atPath: directory, withIntermediateDirectories: true, attributes: [.posixPermissions: Int(Self.folderMode)])
    } catch {
      throw CommandFailure("\(shown): cannot be made; let --state-dir name a folder that this user can write to")
    }
    let root = try FolderHandle(directory)
    defer { root.close() }
    guard try !Self.lies(root, within: inbox) else {
      throw CommandFailure("\(shown): lies in the folder that is worked in; let --state-dir name one outside")
    }
    let own = try FolderHandle("inbox", in: root, mode: Self.folderMode)
    defer { own.close() }
    try Self.keepPrivate(own, note)
    folder = try FolderHandle(try inbox.place, in: own, mode: Self.folderMode)
  }

  /// `XDG_STATE_HOME/stampede`, `~/.local/state/stampede`; nil where the environment names neither.
  static func defaultDirectory(_ environment: [String: String] = ProcessInfo.processInfo.environment) -> String? {
    // The specification has relative paths ignored.
    if let home = environment["XDG_STATE_HOME"], home.hasPrefix("/") { return home + "/stampede" }
    if let home = environment["HOME"], home.hasPrefix("/") { return home + "/.local/state/stampede" }
    return nil
  }

  package func close() { folder.close() }

  private static func keepPrivate(_ folder: FolderHandle, _ note: (String) -> Void) throws {
    var status = stat()
    guard fstat(folder.descriptor, &status) == 0, status.st_uid == geteuid() else {
      throw CommandFailure("\(folder.shownPath): belongs to another user; let --state-dir name a folder of one's own")
    }
    guard status.st_mode & 0o077 != 0 else { return }
    guard fchmod(folder.descriptor, folderMode) == 0 else {
      throw CommandFailure("\(folder.shownPath): is open to others, and cannot be closed to them")
    }
    note("\(folder.shownPath): was open to others, and is its owner's alone now")
  }

  /// However the two were named: by what is above the one.
  private static func lies(_ folder: FolderHandle, within inbox: FolderHandle) throws -> Bool {
    var above = folder
    for _ in 0..<depthMax {
      if try above.place == inbox.place { return true }
      let next = try above.parent()
      if try next.place == above.place { return false }
      above = next
    }
    throw CommandFailure("\(folder.shownPath): lies too deep")
  }

  // MARK: What is kept

  /// Empty where nothing is.
  func read(_ identity: FileIdentity, bytesMax: Int) -> [UInt8] {
    guard let descriptor = try? folder.openFile(Self.name(of: identity)) else { return [] }
    defer { Foundation.close(descriptor) }
    return [UInt8](unsafeUninitializedCapacity: bytesMax) { buffer, count in
      count = max(0, Foundation.read(descriptor, buffer.baseAddress, bytesMax))
    }
  }

  /// Replaces what was kept before in one step.
  func keep(_ text: String, _ identity: FileIdentity) throws {
    let name = Self.name(of: identity)
    folder.remove(name + ".new")
    let descriptor = try folder.open(name + ".new", O_WRONLY | O_CREAT | O_EXCL, mode: Self.fileMode)
    let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    try handle.write(contentsOf: Data(text.utf8))
    try handle.synchronize()
    try handle.close()
    try folder.replace(name, by: name + ".new")
  }

  func forget(_ identity: FileIdentity) { folder.remove(Self.name(of: identity)) }

  /// What was kept of files that are gone.
  package func forget(except files: [FileIdentity]) throws {
    let kept = Set(files.map { Self.name(of: $0) })
    for name in try folder.names() where name.hasSuffix(Self.ending) && !kept.contains(name) { folder.remove(name) }
  }

  private static func name(of identity: FileIdentity) -> String { "\(identity.inode)\(ending)" }
}
