import Foundation
import JSON
import Loyalty

/// Whose signatures count under a key: the value of `loyalty.command-keys`.
package struct Signer: Equatable, Sendable {
  package var keyId: String
  /// Ed25519 (RFC 8032), 32 bytes.
  package var publicKey: [UInt8]
  /// Whom a command under this key may name as its actor.
  package var actor: String
  package var publishedAt: Instant
  /// From when, and until when, the key counts; nil: without bound.
  package var validFrom: Instant?
  package var validUntil: Instant?
  /// Since when nothing counts any more under the key.
  package var revokedAt: Instant?

  package static let type: StaticString = "command-key.published"
  package static let publicKeyBytes = 32
  /// Keys that count, and bytes of their records. Of more those that were published first are kept.
  package static let keysMax = 10_000
  package static let keyBytesMax = 8 << 20
  private static let algorithm: StaticString = "ed25519"

  package init(
    keyId: String, publicKey: [UInt8], actor: String, publishedAt: Instant, validFrom: Instant? = nil,
    validUntil: Instant? = nil, revokedAt: Instant? = nil
  ) {
    self.keyId = keyId
    self.publicKey = publicKey
    self.actor = actor
    self.publishedAt = publishedAt
    self.validFrom = validFrom
    self.validUntil = validUntil
    self.revokedAt = revokedAt
  }

  package func counts(at instant: Instant) -> Bool {
    revokedAt == nil && instant >= validFrom ?? .distantPast && instant < validUntil ?? .distantFuture
  }

  package func encode(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.field("type", literal: Self.type)
    writer.field("id", keyId)
    writer.field("occurredAt", publishedAt)
    writer.field("algorithm", literal: Self.algorithm)
    writer.field("publicKey", Data(publicKey).base64EncodedString())
    writer.field("actor", actor)
    writer.field("validFrom", validFrom)
    writer.field("validUntil", validUntil)
    writer.field("revokedAt", revokedAt)
    writer.endObject()
  }

  package init(decoding bytes: UnsafeRawBufferPointer) throws(ContractViolation) {
    self = try Contracts.decoding(bytes) { reader in try Signer(reading: &reader) }
  }

  private init(reading reader: inout JSONReader) throws {
    var head = EventHead(nil, [])
    var algorithm: String?
    var publicKey: [UInt8]?
    var actor: String?
    var validFrom: Instant?
    var validUntil: Instant?
    var revokedAt: Instant?
    try reader.beginObject()
    while let key = try reader.nextField() {
      if try head.read(key, &reader) { continue }
      switch key {
      case "algorithm":
        algorithm = try reader.string()
        guard algorithm == "\(Self.algorithm)" else {
          throw reader.violation(.invalidValue, "must be \(Self.algorithm)")
        }
      case "publicKey":
        publicKey = Self.publicKey(base64: try reader.string())
        guard publicKey != nil else {
          throw reader.violation(.invalidValue, "must be \(Self.publicKeyBytes) bytes as base64")
        }
      case "actor": actor = try reader.name()
      case "validFrom": validFrom = try reader.instant()
      case "validUntil": validUntil = try reader.instant()
      case "revokedAt": revokedAt = try reader.instant()
      default: try reader.skipValue()
      }
    }
    try head.expect("\(Self.type)", in: reader)
    _ = try algorithm.required("algorithm", in: reader)
    self.init(
      keyId: try head.id(in: reader), publicKey: try publicKey.required("publicKey", in: reader),
      actor: try actor.required("actor", in: reader), publishedAt: try head.occurredAt(in: reader),
      validFrom: validFrom, validUntil: validUntil, revokedAt: revokedAt)
  }

  /// nil where the text is no public key.
  package static func publicKey(base64 text: String) -> [UInt8]? {
    guard let data = Data(base64Encoded: text), data.count == publicKeyBytes else { return nil }
    return Array(data)
  }
}
