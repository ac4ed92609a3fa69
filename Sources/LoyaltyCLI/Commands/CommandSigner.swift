import Contracts
import Foundation
import Inquiry
import JSON
import Kafka
import ServiceKit
import Signing

/// Writes commands, signed where the operator has a key.
struct CommandSigner {
  static let keyFile = Setting.path(
    "signing-key-file", help: "The key that signs commands, as `loyalty keys create` writes it; left out: none does."
  ).optional

  private let key: SigningKey?

  init(_ context: CommandContext) throws {
    key = try context.settings[Self.keyFile].map(Self.read)
  }

  /// Publishes a command and says at which offset it lies.
  func publish(_ command: Command, key recordKey: String, _ cluster: Cluster) throws -> Int64 {
    var writer = JSONWriter()
    command.encode(to: &writer)
    var recordKey = recordKey
    let headers = try recordKey.withUTF8 { key in
      try writer.withBytes { (bytes) throws in try self.headers(key: UnsafeRawBufferPointer(key), value: bytes) }
    }
    return try RecordWriter.publishOne(cluster, to: .commands, key: recordKey, value: writer, headers: headers)
  }

  /// nil: nobody signs.
  func headers(key recordKey: UnsafeRawBufferPointer?, value: UnsafeRawBufferPointer) throws -> KafkaHeaders? {
    guard let key else { return nil }
    let message = CommandSignature.message(topic: .commands, key: recordKey, value: value)
    let signature = CommandSignature(keyId: key.id, bytes: key.signature(of: message))
    let headers = KafkaHeaders()
    headers.append("\(CommandSignature.keyIdHeader)", signature.keyId)
    headers.append("\(CommandSignature.signatureHeader)", signature.base64)
    return headers
  }

  private static func read(_ path: String) throws -> SigningKey {
    let text: String
    do {
      text = try String(contentsOfFile: path, encoding: .utf8)
    } catch {
      throw CommandFailure("the signing key \(path) cannot be read: \(error.localizedDescription)")
    }
    guard let key = SigningKey(pem: text) else {
      throw CommandFailure(
        "\(path) is no signing key: an Ed25519 key in PEM, as `loyalty keys create` or `openssl genpkey -algorithm "
          + "ed25519` writes it")
    }
    return key
  }
}
