import Foundation

/// Who may look into the stores of a service: its own user alone. Their rows hold what members bought.
package enum StateFolder {
  static let folderMode = 0o700
  static let fileMode: mode_t = 0o600
  private static let others: mode_t = 0o077

  /// What closing a folder that is there already came to.
  package enum Closing: Equatable {
    /// Nothing was open to others, or nothing is there.
    case wasClosed
    case isClosedNow
    /// What is there belongs to another user.
    case staysOpen
  }

  /// Takes what rights others have in a folder of stores, as earlier releases made it. The folder comes first: from
  /// then on nobody changes what lies in it.
  package static func close(_ path: String) -> Closing {
    var closing = narrow(path, S_IFDIR, mode_t(folderMode))
    for name in (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? [] {
      let file = narrow("\(path)/\(name)", S_IFREG, fileMode)
      if closing == .wasClosed || file == .staysOpen { closing = file }
    }
    return closing
  }

  private static func narrow(_ path: String, _ kind: mode_t, _ mode: mode_t) -> Closing {
    var status = stat()
    guard lstat(path, &status) == 0, status.st_mode & S_IFMT == kind, status.st_mode & others != 0 else {
      return .wasClosed
    }
    return chmod(path, mode) == 0 ? .isClosedNow : .staysOpen
  }

  /// SQLite gives its other files the rights of this one. One that is there is left alone: to close it would let go of
  /// the locks that this process holds on it.
  static func makeFile(_ path: String) {
    let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, fileMode)
    if descriptor >= 0 { Foundation.close(descriptor) }
  }
}
