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
  /// Of an SMS that was put into words.
  package var sms: SMSForm?
  /// The name of the document by which it was given to a provider.
  package var provider: String?
  /// By which the provider knows the message, where it told that.
  package var providerMessageId: String?
  package var occurredAt: Instant
  /// Of the template that it was written by, as published; nil: a shipped one, or it was not put into words.
  package var templateVersion: Int?
  /// How often an operator has had it sent again after it had failed, and who did so last.
  package var retries = 0
  package var retriedBy: String?
  /// Of which instant the profile was that agreed to the message; nil where none was asked, or an earlier release did.
  package var consentAsOf: Instant?

  package enum Outcome: String, CaseIterable, Sendable {
    case sent
    /// The channel refused it for good, or every attempt failed.
    case failed
    /// Not sent on purpose: no consent, no address, no profile.
    case suppressed
    /// The channel's answer was lost; it may have been sent.
    case maybeSent = "maybe-sent"
    /// Zalo refused it for good, and it goes by SMS now, under the same id; another outcome follows.
    case passedOn = "passed-on"
    /// After `sent` or `maybe-sent`, once at most, and one of these three: it was reported as delivered, as not to be
    /// delivered, as unwanted.
    case delivered, bounced, complained

    /// Somebody else's report, and not what the notifier saw.
    package var isReported: Bool {
      switch self {
      case .delivered, .bounced, .complained: true
      case .sent, .failed, .suppressed, .maybeSent, .passedOn: false
      }
    }
  }

  package init(
    id: String, memberId: String, programId: String, channel: Consent.Channel, template: String,
    locale: String? = nil, cause: String, outcome: Outcome, reason: String? = nil, attempts: Int, sms: SMSForm? = nil,
    provider: String? = nil, providerMessageId: String? = nil, occurredAt: Instant, templateVersion: Int? = nil,
    consentAsOf: Instant? = nil
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
    self.sms = sms
    self.provider = provider
    self.providerMessageId = providerMessageId
    self.occurredAt = occurredAt
    self.templateVersion = templateVersion
    self.consentAsOf = consentAsOf
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
    if let sms {
      writer.field("encoding", sms.encoding.rawValue)
      writer.field("segments", sms.segments)
    }
    if retries > 0 {
      writer.field("retries", retries)
      writer.field("retriedBy", retriedBy)
    }
    if let templateVersion { writer.field("templateVersion", templateVersion) }
    writer.field("provider", provider)
    writer.field("providerMessageId", providerMessageId)
    writer.field("consentAsOf", consentAsOf)
    writer.endObject()
  }
}

/// What the text of an SMS takes.
package struct SMSForm: Equatable, Sendable {
  package var encoding: Encoding
  /// What networks charge for.
  package var segments: Int

  package enum Encoding: String, CaseIterable, Sendable {
    /// The alphabet of 3GPP TS 23.038, 160 septets in one segment.
    case gsm7 = "gsm-7"
    /// UTF-16, 70 units in one segment.
    case ucs2 = "ucs-2"
  }

  package init(encoding: Encoding, segments: Int) {
    self.encoding = encoding
    self.segments = segments
  }
}
