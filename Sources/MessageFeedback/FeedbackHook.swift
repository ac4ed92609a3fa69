import Contracts
import JSON
import Loyalty
import Providers
import Signing

/// Who calls over HTTP to report, and in which form.
package enum FeedbackHook: String, CaseIterable, Sendable {
  /// Amazon SES by way of SNS, wrapped or raw.
  case ses
  case sendgrid
  case mailgun
  /// Whoever writes events of `notifications.feedback` with a token in place of message and partition.
  case json
  /// Providers of SMS, as their shipped documents say; the address that they call has the token in its query.
  case esms, twilio, vonage, kannel
  /// Zalo, of a template message: it names what we gave it as the message's id, which is the token.
  case zaloZNS = "zalo-zns"

  /// More is refused.
  package static let bodyBytesMax = 2 << 20
  static let eventsMax = 10_000
  /// The custom field, unique argument or variable in which a provider gives the token back.
  package static let tokenField = "stampede"
  /// The field of a query that has it.
  package static let tokenParameter = "token"
  /// Headers in which SendGrid signs its calls.
  package static let signatureHeader = SendGridSignature.signatureHeader
  package static let timestampHeader = SendGridSignature.timestampHeader
  /// The header in which Zalo does.
  package static let zaloSignatureHeader = ZaloSignature.header

  package struct Secrets: Sendable {
    package var feedback: FeedbackSecret
    /// What Mailgun signs its calls with; without it none of them is taken.
    package var mailgunKey: String?
    /// By what SendGrid's calls are known as its own; nil: their signature is not looked at.
    package var sendGridKey: VerifyingKey?
    /// By what SNS's are; nil: the same.
    package var sns: SNSTrust?
    /// The Official Account's, by which Zalo's are; nil: the same.
    package var zaloSecret: String?

    package init(
      feedback: FeedbackSecret, mailgunKey: String? = nil, sendGridKey: VerifyingKey? = nil, sns: SNSTrust? = nil,
      zaloSecret: String? = nil
    ) {
      self.feedback = feedback
      self.mailgunKey = mailgunKey
      self.sendGridKey = sendGridKey
      self.sns = sns
      self.zaloSecret = zaloSecret
    }
  }

  /// What a call said. Nothing in it counts without a token of this installation, so that nobody can report on a
  /// message that they did not have.
  package enum Answer: Equatable, Sendable {
    /// `passedOver`: events that report nothing, or on no message of this installation.
    case told([Feedback], passedOver: Int)
    /// SNS asks whether it may call: an operator opens this address, or not. Nobody else does: it came from outside.
    case asksForConfirmation(url: String)
    case refused(Refusal)
  }

  package enum Refusal: String, CaseIterable, Sendable {
    /// 400: it is not what this caller sends.
    case unreadable
    /// 413.
    case tooLarge = "too-large"
    /// 401: it is not signed, or not by the key that was given.
    case unsigned
    /// 503: what it was signed by is not at hand; it may come again.
    case unverifiable

    package var status: Int {
      switch self {
      case .unreadable: 400
      case .tooLarge: 413
      case .unsigned: 401
      case .unverifiable: 503
      }
    }
  }

  /// - Parameters:
  ///   - query: what stands behind the `?` of the address, as it was sent.
  ///   - header: the value of a header of the call, by its name.
  ///   - now: for events that do not say when.
  package func read(
    body: [UInt8], query: String = "", header: (String) -> String? = { _ in nil }, _ secrets: Secrets, at now: Instant
  ) -> Answer {
    guard body.count <= Self.bodyBytesMax, query.utf8.count <= Self.bodyBytesMax else { return .refused(.tooLarge) }
    if self == .zaloZNS, let secret = secrets.zaloSecret, !ZaloSignature.isValid(body, header, under: secret) {
      return .refused(.unsigned)
    }
    if let document { return answer([ProviderReport.read(body, query, by: document)], secrets, now) }
    if self == .sendgrid, let key = secrets.sendGridKey, !SendGridSignature.isValid(body, header, by: key) {
      return .refused(.unsigned)
    }
    guard let json = try? JSONValue(parsing: body) else { return .refused(.unreadable) }
    switch self {
    case .ses:
      switch secrets.sns.map({ SNSSignature.judge(json, by: $0) }) {
      case nil, .valid?: break
      case .invalid?: return .refused(.unsigned)
      case .undecided?: return .refused(.unverifiable)
      }
      switch SESReport.read(json) {
      case .reports(let reports): return answer(reports, secrets, now)
      case .confirmation(let url): return .asksForConfirmation(url: url)
      case .unreadable: return .refused(.unreadable)
      }
    case .sendgrid:
      guard let events = json.elements else { return .refused(.unreadable) }
      return answer(events.prefix(Self.eventsMax).map(SendGridReport.read), secrets, now)
    case .mailgun:
      guard let event = json["event-data"], let signature = json["signature"] else { return .refused(.unreadable) }
      guard MailgunReport.isSigned(signature, by: secrets.mailgunKey) else { return .refused(.unsigned) }
      return answer([MailgunReport.read(event)], secrets, now)
    case .json:
      let events = json.elements ?? [json]
      return answer(events.prefix(Self.eventsMax).map(PlainReport.read), secrets, now)
    case .esms, .twilio, .vonage, .kannel, .zaloZNS: return .refused(.unreadable)
    }
  }

  /// nil: it is none of a provider that a document describes.
  private var document: ProviderDocument? {
    switch self {
    case .ses, .sendgrid, .mailgun, .json: nil
    case .esms, .twilio, .vonage, .kannel, .zaloZNS: try? ShippedProviders.document(rawValue)
    }
  }

  private func answer(_ reports: [HookReport], _ secrets: Secrets, _ now: Instant) -> Answer {
    let feedback = reports.compactMap { each -> Feedback? in
      guard let report = each.report, let token = each.token(under: secrets.feedback) else { return nil }
      return report.feedback(of: token, from: rawValue, at: now)
    }
    return .told(feedback, passedOver: reports.count - feedback.count)
  }
}

/// One event of a call, and where it may name its message.
struct HookReport {
  /// nil: it reports nothing that is final.
  var report: FeedbackReport?
  /// As the notifier gave them away.
  var tokens: [String?] = []
  /// Return paths.
  var addresses: [String?] = []

  func token(under secret: FeedbackSecret) -> FeedbackToken? {
    for token in tokens.lazy.compactMap({ $0 }) {
      if let read = FeedbackToken(token, under: secret) { return read }
    }
    for address in addresses.lazy.compactMap({ $0 }) {
      if let read = ReturnPath.token(in: address, under: secret) { return read }
    }
    return nil
  }
}

/// `{"type":"message.bounced","token":"…","bounce":"hard","code":"5.1.1"}`.
enum PlainReport {
  static func read(_ event: JSONValue) -> HookReport {
    let report = event["type"]?.string.flatMap { Feedback.Kind(rawValue: $0) }.map { kind in
      FeedbackReport(
        kind, bounce: event["bounce"]?.string.flatMap { Feedback.Bounce(rawValue: $0) }, code: event["code"]?.string,
        providerMessageId: event["providerMessageId"]?.string,
        occurredAt: FeedbackReport.instant(rfc3339: event["occurredAt"]?.string))
    }
    return HookReport(report: report, tokens: [event["token"]?.string])
  }
}

/// What a provider of SMS calls back.
enum ProviderReport {
  static func read(_ body: [UInt8], _ query: String, by document: ProviderDocument) -> HookReport {
    guard case .feedback(let told) = ProviderCallback(query: query, body: body, by: document) else {
      return HookReport(report: nil)
    }
    let (kind, bounce): (Feedback.Kind, Feedback.Bounce?)
    switch told.state {
    case .delivered: (kind, bounce) = (.delivered, nil)
    case .bounced: (kind, bounce) = (.bounced, .hard)
    case .undelivered: (kind, bounce) = (.bounced, .soft)
    case .optedOut: (kind, bounce) = (.optedOut, nil)
    case .passing: return HookReport(report: nil)
    }
    let token = ProviderCallback.parameters(query).last { $0.name == FeedbackHook.tokenParameter }?.value
    return HookReport(
      report: FeedbackReport(
        kind, bounce: bounce, code: kind == .bounced ? told.code : nil, providerMessageId: told.providerMessageId),
      tokens: [token, told.messageId])
  }
}
