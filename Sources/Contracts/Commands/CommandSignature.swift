import Foundation

/// What a signed command brings in its headers, and what of it is signed.
package struct CommandSignature: Equatable, Sendable {
  package var keyId: String
  /// Ed25519 (RFC 8032), 64 bytes.
  package var bytes: [UInt8]

  /// The key's id, and the signature as base64.
  package static let keyIdHeader: StaticString = "stampede_key_id"
  package static let signatureHeader: StaticString = "stampede_signature"
  package static let signatureBytes = 64
  /// Stands before all that is signed, so that a signature made for something else is none of a command.
  private static let domain = "stampede-command-v1"

  package init(keyId: String, bytes: [UInt8]) {
    self.keyId = keyId
    self.bytes = bytes
  }

  /// nil: the record has no signature, or one that is none.
  package init?(header: (StaticString) -> UnsafeRawBufferPointer?) {
    guard let keyId = header(Self.keyIdHeader), let text = header(Self.signatureHeader) else { return nil }
    self.keyId = String(decoding: keyId, as: UTF8.self)
    // Too long for a signature: it is not worth decoding.
    guard text.count <= 2 * Self.signatureBytes, let data = Data(base64Encoded: Data(text)),
      data.count == Self.signatureBytes
    else {
      bytes = []
      return
    }
    bytes = Array(data)
  }

  package var base64: String { Data(bytes).base64EncodedString() }

  /// The bytes that are signed: domain, topic and record key, a zero byte after each, and the value as it stands. No
  /// topic's name and no member's id holds a zero byte.
  package static func message(
    topic: Topic, key: UnsafeRawBufferPointer?, value: UnsafeRawBufferPointer
  ) -> [UInt8] {
    var message = Array(domain.utf8)
    message.reserveCapacity(message.count + topic.name.utf8.count + (key?.count ?? 0) + value.count + 3)
    message.append(0)
    message.append(contentsOf: topic.name.utf8)
    message.append(0)
    if let key { message.append(contentsOf: key) }
    message.append(0)
    message.append(contentsOf: value)
    return message
  }
}
