import JSON
import Loyalty
import Rewards

/// A code that somebody else has made, for a pool of ours: the value of `loyalty.voucher-codes`, under its digest. It
/// is given once, ever; the same again counts once.
package struct ImportedCode: Equatable, Sendable {
  package var digest: CodeDigest
  package var pool: String
  /// Sealed under the key of vouchers.
  package var sealed: String
  /// Its last four characters.
  package var codeEnd: String
  /// The first instant at which it may not be used any more; nil: as the voucher's pool says.
  package var validUntil: Instant?
  package var occurredAt: Instant

  package static let type: StaticString = "voucher.code-imported"

  package init(
    digest: CodeDigest, pool: String, sealed: String, codeEnd: String, validUntil: Instant? = nil, occurredAt: Instant
  ) {
    self.digest = digest
    self.pool = pool
    self.sealed = sealed
    self.codeEnd = codeEnd
    self.validUntil = validUntil
    self.occurredAt = occurredAt
  }

  /// The record's key.
  package var key: String { digest.hexadecimal }

  package func encode(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.field("type", literal: Self.type)
    writer.field("id", digest.hexadecimal)
    writer.field("occurredAt", occurredAt)
    writer.field("pool", pool)
    writer.field("code", sealed)
    writer.field("codeEnd", codeEnd)
    writer.field("validUntil", validUntil)
    writer.endObject()
  }

  package init(decoding envelope: EventEnvelope) throws(ContractViolation) {
    self = try Contracts.decoding(envelope) { reader in
      try ImportedCode(reading: &reader, attributes: envelope.attributes)
    }
  }

  private init(reading reader: inout JSONReader, attributes: EventEnvelope.Attributes?) throws {
    var head = EventHead(attributes, [])
    var pool: String?
    var code: String?
    var codeEnd: String?
    var validUntil: Instant?
    try reader.beginObject()
    while let key = try reader.nextField() {
      if try head.read(key, &reader) { continue }
      switch key {
      case "pool": pool = try reader.id()
      case "code": code = try reader.madeText()
      case "codeEnd": codeEnd = try reader.name()
      case "validUntil": validUntil = try reader.instant()
      default: try reader.skipValue()
      }
    }
    try head.expect("\(Self.type)", in: reader)
    guard let digest = CodeDigest(hexadecimal: try head.id(in: reader)) else {
      throw ContractViolation(
        .invalidValue, at: "$.id", "$.id must be the code's digest, of 32 hexadecimal digits.")
    }
    self.init(
      digest: digest, pool: try pool.required("pool", in: reader), sealed: try code.required("code", in: reader),
      codeEnd: try codeEnd.required("codeEnd", in: reader), validUntil: validUntil,
      occurredAt: try head.occurredAt(in: reader))
  }
}
