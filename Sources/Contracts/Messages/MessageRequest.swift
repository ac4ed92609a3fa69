import JSON
import Loyalty

/// What an operator asks the notifier about a member's messages: the value of `loyalty.message-requests`.
package struct MessageRequest: Equatable, Sendable {
  /// That of a retry is made of the failure that it answers (`retryId`), so that one failure is answered once.
  package var id: String
  package var memberId: String
  package var kind: Kind
  package var occurredAt: Instant

  package enum Kind: Equatable, Sendable {
    /// Send a message again that has failed, or may have been sent.
    case retry(Retry)
    /// Say what would become of a message to the member now.
    case explain
  }

  package struct Retry: Equatable, Sendable {
    package var messageId: String
    /// When it failed, as its outcome on `loyalty.notifications` says (`occurredAt`).
    package var failedAt: Instant
    package var actor: String
    package var reason: String?

    package init(messageId: String, failedAt: Instant, actor: String, reason: String? = nil) {
      self.messageId = messageId
      self.failedAt = failedAt
      self.actor = actor
      self.reason = reason
    }
  }

  private enum TypeName: String, CaseIterable {
    case retry = "message.retry"
    case explain = "message.explain"
  }

  package init(id: String, memberId: String, kind: Kind, occurredAt: Instant) {
    self.id = id
    self.memberId = memberId
    self.kind = kind
    self.occurredAt = occurredAt
  }

  /// The id under which that failure is answered.
  package static func retryId(of messageId: String, failedAt: Instant) -> String {
    "retry:\(messageId):\(failedAt.milliseconds)"
  }

  package func encode(to writer: inout JSONWriter) {
    writer.beginObject()
    switch kind {
    case .retry: writer.field("type", TypeName.retry.rawValue)
    case .explain: writer.field("type", TypeName.explain.rawValue)
    }
    writer.field("id", id)
    writer.field("occurredAt", occurredAt)
    writer.field("memberId", memberId)
    if case .retry(let retry) = kind {
      writer.field("messageId", retry.messageId)
      writer.field("failedAt", retry.failedAt)
      writer.field("actor", retry.actor)
      writer.field("reason", retry.reason)
    }
    writer.endObject()
  }

  package init(decoding envelope: EventEnvelope) throws(ContractViolation) {
    self = try Contracts.decoding(envelope) { reader in
      try MessageRequest(reading: &reader, attributes: envelope.attributes)
    }
  }

  private init(reading reader: inout JSONReader, attributes: EventEnvelope.Attributes?) throws {
    var seen: UInt64 = 0
    var head = EventHead(attributes, .memberId)
    var messageId: String?
    var failedAt: Instant?
    var actor: String?
    var reason: String?
    try reader.beginObject()
    while let key = try reader.nextField() {
      if try head.read(key, &reader) { continue }
      switch key {
      case "messageId":
        try reader.once(0, &seen)
        messageId = try reader.id()
      case "failedAt":
        try reader.once(1, &seen)
        failedAt = try reader.instant()
      case "actor":
        try reader.once(2, &seen)
        actor = try reader.name()
      case "reason":
        try reader.once(3, &seen)
        reason = try reader.name()
      default: try reader.skipValue()
      }
    }
    id = try head.id(in: reader)
    memberId = try head.memberId(in: reader)
    occurredAt = try head.occurredAt(in: reader)
    switch try head.kind(TypeName.self, in: reader) {
    case .explain: kind = .explain
    case .retry:
      kind = .retry(
        Retry(
          messageId: try messageId.required("messageId", in: reader),
          failedAt: try failedAt.required("failedAt", in: reader), actor: try actor.required("actor", in: reader),
          reason: reason))
    }
  }
}
