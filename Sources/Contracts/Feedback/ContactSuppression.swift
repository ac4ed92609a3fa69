import JSON
import Loyalty

/// Whether a contact is written to: the value of `loyalty.suppressions`, the last record of each contact. The contact
/// itself stands nowhere: a digest under the operator's secret stands for it, so the list outlives the member.
package struct ContactSuppression: Equatable, Sendable {
  /// Which secret the digest was made under.
  package var secretId: String
  /// 32 hexadecimal digits.
  package var digest: String
  package var channel: Consent.Channel
  package var reason: Reason
  /// False: it was taken from the list again.
  package var isSuppressed: Bool
  /// Who put it there or took it away by hand; nil: a report did.
  package var actor: String?
  /// The message that was reported on.
  package var notificationId: String?
  /// Why, as the report has it.
  package var code: String?
  package var occurredAt: Instant

  package enum Reason: String, CaseIterable, Sendable {
    case bounced
    /// So many times within so many days that nobody expects the next one to arrive.
    case softBounced = "soft-bounced"
    case complained
    case optedOut = "opted-out"
    case byHand = "by-hand"

    /// The contact's own: whoever has it is not told another way either.
    package var isWish: Bool { self == .complained || self == .optedOut }
  }

  package static let suppressedType = "contact.suppressed"
  package static let releasedType = "contact.released"
  /// Contacts that workers keep in memory, and bytes of their records. With more of them nothing is sent.
  package static let contactsMax = 1_000_000
  package static let bytesMax = 512 << 20

  package init(
    secretId: String, digest: String, channel: Consent.Channel, reason: Reason, isSuppressed: Bool = true,
    actor: String? = nil, notificationId: String? = nil, code: String? = nil, occurredAt: Instant
  ) {
    self.secretId = secretId
    self.digest = digest
    self.channel = channel
    self.reason = reason
    self.isSuppressed = isSuppressed
    self.actor = actor
    self.notificationId = notificationId
    self.code = code
    self.occurredAt = occurredAt
  }

  /// The record's key.
  package var key: String { Self.key(secretId, digest) }

  package static func key(_ secretId: String, _ digest: String) -> String { "\(secretId):\(digest)" }

  package func encode(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.field("type", isSuppressed ? Self.suppressedType : Self.releasedType)
    writer.field("id", key)
    writer.field("occurredAt", occurredAt)
    writer.field("secretId", secretId)
    writer.field("digest", digest)
    writer.field("channel", channel.rawValue)
    writer.field("reason", reason.rawValue)
    writer.field("actor", actor)
    writer.field("notificationId", notificationId)
    writer.field("code", code)
    writer.endObject()
  }

  package init(decoding bytes: UnsafeRawBufferPointer) throws(ContractViolation) {
    self = try Contracts.decoding(bytes) { reader in try ContactSuppression(reading: &reader) }
  }

  private init(reading reader: inout JSONReader) throws {
    var type: String?
    var secretId: String?
    var digest: String?
    var channel: Consent.Channel?
    var reason: Reason?
    var actor: String?
    var notificationId: String?
    var code: String?
    var occurredAt: Instant?
    try reader.beginObject()
    while let key = try reader.nextField() {
      switch key {
      case "type":
        type = try reader.string()
        guard type == Self.suppressedType || type == Self.releasedType else {
          throw reader.violation(.unsupportedType, "must be \(Self.suppressedType) or \(Self.releasedType)")
        }
      case "occurredAt": occurredAt = try reader.instant()
      case "secretId": secretId = try reader.id()
      case "digest": digest = try reader.id()
      case "channel": channel = try reader.word(Consent.Channel.self)
      case "reason": reason = try reader.word(Reason.self)
      case "actor": actor = try reader.name()
      case "notificationId": notificationId = try reader.id()
      case "code": code = try reader.id()
      default: try reader.skipValue()
      }
    }
    self.init(
      secretId: try secretId.required("secretId", in: reader), digest: try digest.required("digest", in: reader),
      channel: try channel.required("channel", in: reader), reason: try reason.required("reason", in: reader),
      isSuppressed: try type.required("type", in: reader) == Self.suppressedType, actor: actor,
      notificationId: notificationId, code: code, occurredAt: try occurredAt.required("occurredAt", in: reader))
  }
}
