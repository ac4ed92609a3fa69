import Foundation

/// Where OAUTHBEARER tokens come from. Asked anew before each one expires.
package enum KafkaTokenSource: Sendable, CustomStringConvertible {
  /// Holds a JWT; somebody else keeps it fresh.
  case file(String)
  /// A line for `/bin/sh` that writes a JWT to its standard output.
  case command(String)

  /// The command may hold secrets, so it is not told.
  package var description: String {
    switch self {
    case .file(let path): "the token file '\(path)'"
    case .command: "the token command"
    }
  }

  private static let bytesMax = 65_536

  /// Blocks while it reads, or while the command runs (``KafkaTokenCommand/timeoutMs``).
  func read() throws(KafkaTokenFault) -> KafkaToken {
    do throws(KafkaTokenFault) {
      let bytes =
        switch self {
        case .file(let path): try Self.content(of: path)
        case .command(let line): try KafkaTokenCommand.output(of: line, bytesMax: Self.bytesMax)
        }
      return try KafkaToken(parsing: String(decoding: bytes, as: UTF8.self))
    } catch {
      throw KafkaTokenFault("\(self) \(error)")
    }
  }

  private static func content(of path: String) throws(KafkaTokenFault) -> Data {
    guard let file = FileHandle(forReadingAtPath: path) else {
      throw KafkaTokenFault("cannot be read; check path and permissions")
    }
    defer { _ = try? file.close() }
    guard let data = try? file.read(upToCount: bytesMax + 1), data.count <= bytesMax else {
      throw KafkaTokenFault("is empty or larger than a token")
    }
    return data
  }
}
