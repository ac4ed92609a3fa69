import Foundation
import JSON
import ServiceKit
import Signing

/// `loyalty keys create FILE`: a new key that signs commands.
enum KeysCreate: Subcommand {
  private static let file = Setting.path("file", help: "Where the key is written; nothing may stand there yet.")

  static let command = CommandDeclaration(
    "create",
    summary: "make a key that signs commands, for its owner's eyes alone (PEM, PKCS #8); prints the public key, which "
      + "`keys publish` takes. Needs no broker.",
    arguments: [file])

  static func run(_ context: CommandContext) throws -> ExitCode {
    let path = context.settings[file]
    let key = SigningKey.random()
    try write(key.pem, to: path)
    let publicKey = Data(key.publicKey).base64EncodedString()
    context.tell(
      "\(path) holds the key \(key.id). Its public key, for `loyalty keys publish`:\n\(publicKey)",
      .fields(["key": .string(key.id), "publicKey": .string(publicKey), "file": .string(path)]))
    return .done
  }

  /// Nobody but the owner may read it, from its first byte on; and what stands there already stays.
  private static func write(_ text: String, to path: String) throws {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw CommandFailure("\(path) cannot be made: \(String(cString: strerror(errno)))") }
    let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    do {
      try file.write(contentsOf: Data(text.utf8))
      try file.synchronize()
      try file.close()
    } catch {
      throw CommandFailure("\(path) cannot be written: \(error.localizedDescription)")
    }
  }
}
