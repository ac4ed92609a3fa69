import Foundation

/// An error number of the operating system and what was being done.
package struct OSError: Error, CustomStringConvertible {
  package let code: Int32
  package let doing: String

  package init(code: Int32, doing: String) {
    self.code = code
    self.doing = doing
  }

  package var description: String { "\(doing): \(String(cString: strerror(code)))" }
}
