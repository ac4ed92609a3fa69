import JSON
import Loyalty

/// What became of one message to a member: the value of `loyalty.notifications`. No address, no body.
package struct Notification: Equatable, Sendable {
  /// The message's own id, derived from its cause; also its Message-ID and idempotency key.
  package var id: String
  package var memberId: String
  package var programId: String
  package var channel: Consent.Channel
  /// Such as `points-earned`.
  package var template: String
  package var locale: String?
  /// What called for the message: a purchase or command as `source:id`, or the id of a tier event.
  package var cause: String
  package var outcome: Outcome
  /// A stable code: why it was suppressed or failed.
  package var reason: String?
  package var attempts: Int
  package var occurredAt: Instant

  package enum Outcome: String, CaseIterable, Sendable {
    case sent
    /// The channel refused it for good, or every attempt failed.
    case failed
    /// Not sent on purpose: no consent, no address, no profile.
    case suppressed
    /// The channel's answer was lost; it may have been sent.
    case maybeSent = "maybe-sent"
  }

  package init(
    id: String, memberId: String, programId: String, channel: Consent.Channel, template: String,
    locale: String? = nil, cause: String, outcome: Outcome, reason: String? = nil, attempts: Int, occurredAt: Instant
  ) {
    self.id = id
    self.memberId = memberId
    self.programId = programId
    self.channel = channel
    self.template = template
    self.locale = locale
    self.cause = cause
    self.outcome = outcome
    self.reason = reason
    self.attempts = attempts
    self.occurredAt = occurredAt
  }

  package var type: String { "notification.\(outcome.rawValue)" }

  package func encode(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.field("type", type)
    writer.field("id", id)
    writer.field("occurredAt", occurredAt)
    writer.field("memberId", memberId)
    writer.field("programId", programId)
    writer.field("channel", channel.rawValue)
    writer.field("template", template)
    writer.field("locale", locale)
    writer.field("cause", cause)
    writer.field("outcome", outcome.rawValue)
    writer.field("reason", reason)
    writer.field("attempts", attempts)
    writer.endObject()
  }

  package init(decoding bytes: UnsafeRawBufferPointer) throws(ContractViolation) {
    self = try Contracts.decoding(bytes) { reader in try Notification(reading: &reader) }
  }

  private init(reading reader: inout JSONReader) throws {
    var id: String?
    var memberId: String?
    var programId: String?
    var channel: Consent.Channel?
    var template: String?
    var locale: String?
    var cause: String?
    var outcome: Outcome?
    var reason: String?
    var attempts: Int64?
    var occurredAt: Instant?
    try reader.beginObject()
    while let key = try reader.nextKey() {
      switch key {
      case "id": id = try reader.string()
      case "occurredAt": occurredAt = try reader.instant()
      case "memberId": memberId = try reader.id()
      case "programId": programId = try reader.id()
      case "channel": channel = try reader.word(Consent.Channel.self)
      case "template": template = try reader.string()
      case "locale": locale = try reader.string()
      case "cause": cause = try reader.string()
      case "outcome": outcome = try reader.word(Outcome.self)
      case "reason": reason = try reader.string()
      case "attempts": attempts = try reader.count(atLeast: 0)
      default: try reader.skipValue()
      }
    }
    self.init(
      id: try id.required("id", in: reader), memberId: try memberId.required("memberId", in: reader),
      programId: try programId.required("programId", in: reader), channel: try channel.required("channel", in: reader),
      template: try template.required("template", in: reader), locale: locale,
      cause: try cause.required("cause", in: reader), outcome: try outcome.required("outcome", in: reader),
      reason: reason, attempts: Int(try attempts.required("attempts", in: reader)),
      occurredAt: try occurredAt.required("occurredAt", in: reader))
  }
}
