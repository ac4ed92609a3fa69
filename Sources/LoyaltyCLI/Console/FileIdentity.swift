import Foundation

/// Which regular file stands under a name, and in what state: another one that took its place differs, and so does one
/// that was written to.
package struct FileIdentity: Equatable, CustomStringConvertible {
  package let description: String
  /// Seconds since 1970.
  package let modifiedS: Int64
  /// While a file is there no other one on its device has the same.
  let inode: UInt64

  /// Nil where that is not a regular file.
  package init?(descriptor: Int32) {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { return nil }
    self.init(status)
  }

  /// The same.
  init?(_ status: stat) {
    guard status.st_mode & S_IFMT == S_IFREG else { return nil }
    inode = UInt64(status.st_ino)
    modifiedS = Int64(status.st_mtim.tv_sec)
    description =
      "\(status.st_dev):\(status.st_ino):\(status.st_size):\(status.st_mtim.tv_sec):\(status.st_mtim.tv_nsec)"
  }
}
