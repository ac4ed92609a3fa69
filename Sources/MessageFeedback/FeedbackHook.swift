import Contracts
import JSON
import Loyalty

/// Who calls over HTTP to report, and in which form.
package enum FeedbackHook: String, CaseIterable, Sendable {
  /// Amazon SES by way of SNS, wrapped or raw.
  case ses
  case sendgrid
  case mailgun
  /// Whoever writes events of `notifications.feedback` with a token in place of message and partition.
  case json
  /// Kannel's `dlr-url`: what it says stands in the query.
  case kannel

  /// More is refused.
  package static let bodyBytesMax = 2 << 20
  static let eventsMax = 10_000
  /// The custom field, unique argument or variable in which a provider gives the token back.
  package static let tokenField = "stampede"
  /// Which reports the notifier asks Kannel for (`dlr-mask`): delivered, undeliverable, refused by the network.
  package static let kannelMask = 1 | 2 | 16

  package struct Secrets: Sendable {
    package var feedback: FeedbackSecret
    /// What Mailgun signs its calls with; without it none of them is taken.
    package var mailgunKey: String?

    package init(feedback: FeedbackSecret, mailgunKey: String? = nil) {
      self.feedback = feedback
      self.mailgunKey = mailgunKey
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

    package var status: Int {
      switch self {
      case .unreadable: 400
      case .tooLarge: 413
      case .unsigned: 401
      }
    }
  }

  /// - Parameters:
  ///   - query: what stands behind the `?` of the address, as it was sent.
  ///   - now: for events that do not say when.
  package func read(body: [UInt8], query: String = "", _ secrets: Secrets, at now: Instant) -> Answer {
    guard body.count <= Self.bodyBytesMax, query.utf8.count <= Self.bodyBytesMax else { return .refused(.tooLarge) }
    if self == .kannel { return answer([KannelReport.read(query)], secrets, now) }
    guard let json = try? JSONValue(parsing: body) else { return .refused(.unreadable) }
    switch self {
    case .ses:
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
    case .kannel: return .refused(.unreadable)
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

/// Kannel fills in the address that the notifier gave it: `?token=…&status=1`.
enum KannelReport {
  static func read(_ query: String) -> HookReport {
    let fields = query.split(separator: "&").prefix(32).map { $0.split(separator: "=", maxSplits: 1) }
    let value = { (name: String) in fields.first { $0.count == 2 && $0[0] == name }.map { String($0[1]) } }
    let providerMessageId = value("id")
    let report: FeedbackReport? =
      switch value("status") {
      case "1": FeedbackReport(.delivered, providerMessageId: providerMessageId)
      case "2": FeedbackReport(.bounced, bounce: .soft, code: "undeliverable", providerMessageId: providerMessageId)
      case "16": FeedbackReport(.bounced, bounce: .refused, code: "rejected", providerMessageId: providerMessageId)
      default: nil
      }
    return HookReport(report: report, tokens: [value("token")])
  }
}
