import Contracts
import JSON
import Loyalty

/// As somebody reads one who looks at what was sent; the platform only writes them.
extension Contracts.Notification {
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
    var encoding: SMSForm.Encoding?
    var segments: Int64?
    var provider: String?
    var providerMessageId: String?
    var occurredAt: Instant?
    var templateVersion: Int64?
    var retries: Int64 = 0
    var retriedBy: String?
    var consentAsOf: Instant?
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
      case "encoding": encoding = try reader.word(SMSForm.Encoding.self)
      case "provider": provider = try reader.string()
      case "segments": segments = try reader.count(atLeast: 1)
      case "templateVersion": templateVersion = try reader.count(atLeast: 1)
      case "retries": retries = try reader.count(atLeast: 1)
      case "retriedBy": retriedBy = try reader.name()
      case "providerMessageId": providerMessageId = try reader.id()
      case "consentAsOf": consentAsOf = try reader.instant()
      default: try reader.skipValue()
      }
    }
    self.init(
      id: try id.required("id", in: reader), memberId: try memberId.required("memberId", in: reader),
      programId: try programId.required("programId", in: reader), channel: try channel.required("channel", in: reader),
      template: try template.required("template", in: reader), locale: locale,
      cause: try cause.required("cause", in: reader), outcome: try outcome.required("outcome", in: reader),
      reason: reason, attempts: Int(try attempts.required("attempts", in: reader)),
      sms: try encoding.map { SMSForm(encoding: $0, segments: Int(try segments.required("segments", in: reader))) },
      provider: provider, providerMessageId: providerMessageId,
      occurredAt: try occurredAt.required("occurredAt", in: reader),
      templateVersion: templateVersion.map { Int($0) }, consentAsOf: consentAsOf)
    self.retries = Int(retries)
    self.retriedBy = retriedBy
  }
}
