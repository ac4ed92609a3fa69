import JSON
import Loyalty

/// What a mail server, a provider or a recipient says of a message that was handed over: the value of
/// `notifications.feedback`. It names the message and where its row lies; no person and no address.
///
/// Its record lies in ``partition``, whatever its key hashes to: the member whose message it is has everything else
/// there, and is not known to who reports.
package struct Feedback: Equatable, Sendable {
  package var kind: Kind
  /// The message, as on `loyalty.notifications`.
  package var notificationId: String
  /// Of the member's partition.
  package var partition: Int32
  package var bounce: Bounce?
  /// Why, as who reports has it: `5.1.1`, `mailbox-full`.
  package var code: String?
  /// Who reports: `dsn`, `arf`, `ses`.
  package var source: String
  /// The message's id at the provider.
  package var providerMessageId: String?
  package var occurredAt: Instant

  package enum Kind: String, CaseIterable, Sendable {
    case delivered = "message.delivered"
    case bounced = "message.bounced"
    case complained = "message.complained"
    case optedOut = "message.opted-out"
  }

  /// What a bounce says of the address.
  package enum Bounce: String, CaseIterable, Sendable {
    /// There is no such address, for good.
    case hard
    /// It could not be delivered for a while: a full mailbox, a server that was away.
    case soft
    /// The sender, a policy or the content was refused: it says nothing of the address.
    case refused
  }

  package init(
    _ kind: Kind, notificationId: String, partition: Int32, bounce: Bounce? = nil, code: String? = nil, source: String,
    providerMessageId: String? = nil, occurredAt: Instant
  ) {
    self.kind = kind
    self.notificationId = notificationId
    self.partition = partition
    self.bounce = bounce
    self.code = code
    self.source = source
    self.providerMessageId = providerMessageId
    self.occurredAt = occurredAt
  }

  /// The same report told twice has one id.
  package var id: String { "\(notificationId):\(kind.rawValue):\(source)" }

  package func encode(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.field("type", kind.rawValue)
    writer.field("id", id)
    writer.field("occurredAt", occurredAt)
    writer.field("source", source)
    writer.field("notificationId", notificationId)
    writer.field("partition", Int64(partition))
    writer.field("bounce", bounce?.rawValue)
    writer.field("code", code)
    writer.field("providerMessageId", providerMessageId)
    writer.endObject()
  }

  package init(decoding envelope: EventEnvelope) throws(ContractViolation) {
    self = try Contracts.decoding(envelope) { reader in try Feedback(reading: &reader, envelope.attributes) }
  }

  private init(reading reader: inout JSONReader, _ attributes: EventEnvelope.Attributes?) throws {
    var head = EventHead(attributes, [.source])
    var notificationId: String?
    var partition: Int64?
    var bounce: Bounce?
    var code: String?
    var providerMessageId: String?
    var seen: UInt64 = 0
    try reader.beginObject()
    while let key = try reader.nextField() {
      if try head.read(key, &reader) { continue }
      switch key {
      case "notificationId": notificationId = try reader.once(0, &seen) { try $0.id() }
      case "partition": partition = try reader.once(1, &seen) { try $0.count(atLeast: 0, atMost: Int64(Int32.max)) }
      case "bounce": bounce = try reader.once(2, &seen) { try $0.word(Bounce.self) }
      case "code": code = try reader.once(3, &seen) { try $0.id() }
      case "providerMessageId": providerMessageId = try reader.once(4, &seen) { try $0.id() }
      default: try reader.skipValue()
      }
    }
    let kind = try head.kind(Kind.self, in: reader)
    _ = try head.id(in: reader)
    // Of anything but a bounce it says nothing.
    if kind == .bounced { _ = try bounce.required("bounce", in: reader) } else { bounce = nil }
    self.init(
      kind, notificationId: try notificationId.required("notificationId", in: reader),
      partition: Int32(try partition.required("partition", in: reader)),
      bounce: bounce, code: code,
      source: try head.knownSource().required("source", in: reader), providerMessageId: providerMessageId,
      occurredAt: try head.occurredAt(in: reader))
  }
}
