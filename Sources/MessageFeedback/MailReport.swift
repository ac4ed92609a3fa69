import Contracts
import Loyalty

/// Reads a message that came to a return path: a delivery report (RFC 3464), a complaint (RFC 5965), or a bounce in
/// words alone. It may be anything that anybody sends: it is told what it says, and never more than its token allows.
package enum MailReport {
  package enum Reading: Equatable, Sendable {
    case feedback(Feedback)
    case passedOver(Reason)
  }

  /// Why a message tells nothing.
  package enum Reason: String, CaseIterable, Sendable {
    /// No return path, envelope or header in it names a message of this installation.
    case noToken = "no-token"
    /// An answer of a person or of a program, such as an out-of-office.
    case noReport = "no-report"
    /// That a message is late, or was passed on to where nobody reports.
    case notFinal = "not-final"
  }

  /// What the notifier writes into each e-mail, for reports that hide the return path.
  package static let tokenHeader = "X-Stampede-Feedback"

  /// - Parameters:
  ///   - recipient: whom the message was delivered to, where the mail server says it.
  ///   - now: for a report that does not say when.
  package static func read(
    _ bytes: [UInt8], recipient: String?, under secret: FeedbackSecret, at now: Instant
  ) -> Reading {
    let message = MailPart(bytes[...])
    let parts = message.all
    guard let token = token(recipient, parts, secret) else { return .passedOver(.noToken) }
    if let fields = parts.first(where: \.type.isFeedbackReport).map({ MailPart.fields($0.content) }) {
      guard let report = complaint(fields) else { return .passedOver(.notFinal) }
      return .feedback(report.feedback(of: token, from: "arf", at: now))
    }
    if let status = parts.first(where: \.type.isDeliveryStatus) {
      guard let report = delivery(MailPart.fields(status.content), words(of: parts)) else {
        return .passedOver(.notFinal)
      }
      return .feedback(report.feedback(of: token, from: "dsn", at: now))
    }
    guard let report = bounceInWords(message, parts) else { return .passedOver(.noReport) }
    return .feedback(report.feedback(of: token, from: "dsn", at: now))
  }

  // MARK: Which message

  private static let recipientHeaders: Set<String> = ["delivered-to", "x-original-to", "envelope-to", "to"]
  /// Of a report's fields and of the headers of the message that it returns.
  private static let tokenFields: Set<String> = [tokenHeader.lowercased(), "original-envelope-id"]
  private static let pathFields: Set<String> = ["return-path", "original-mail-from", "x-envelope-from"]

  private static func token(
    _ recipient: String?, _ parts: [MailPart], _ secret: FeedbackSecret
  ) -> FeedbackToken? {
    if let token = recipient.flatMap({ ReturnPath.token(in: $0, under: secret) }) { return token }
    for part in parts {
      let isFields = part.type.isDeliveryStatus || part.type.isFeedbackReport || part.type.isHeaders
      let headers = isFields ? MailPart.fields(part.content).flatMap(\.headers) : part.headers
      for header in headers {
        if tokenFields.contains(header.name), let token = FeedbackToken(header.value, under: secret) { return token }
        // A report that somebody forwards names us as its recipient.
        let isAddress = pathFields.contains(header.name) || recipientHeaders.contains(header.name)
        if isAddress, let token = ReturnPath.token(in: header.value, under: secret) {
          return token
        }
      }
    }
    return nil
  }

  // MARK: What of it

  /// nil for what is none: that mail is no spam, say.
  private static func complaint(_ fields: [MailPart]) -> FeedbackReport? {
    switch fields.lazy.compactMap({ $0["feedback-type"] }).first?.lowercased() {
    case "abuse": FeedbackReport(.complained, code: "abuse")
    case "fraud": FeedbackReport(.complained, code: "fraud")
    case "opt-out": FeedbackReport(.optedOut, code: "opt-out")
    case "opt-out-list": FeedbackReport(.optedOut, code: "opt-out-list")
    default: nil
    }
  }

  /// Each of our messages has one recipient, so the first group that says what was done tells.
  private static func delivery(_ groups: [MailPart], _ words: String) -> FeedbackReport? {
    guard let group = groups.first(where: { $0["action"] != nil }) ?? groups.last else { return nil }
    let diagnosis = group["diagnostic-code"] ?? ""
    let statuses = [group["status"], diagnosis].compactMap { $0.flatMap { DeliveryStatus(in: $0) } }
    // "x.0.0" says less than what stands in the diagnosis.
    let status = statuses.first { !$0.text.hasSuffix(".0.0") } ?? statuses.first
    switch group["action"]?.lowercased().prefix(while: { $0.isLetter }) {
    case "delivered": return FeedbackReport(.delivered)
    case "delayed", "relayed", "expanded": return nil
    case "failed": break
    default:
      guard let status else { return nil }
      if status.isSuccess { return FeedbackReport(.delivered) }
      guard status.isPermanent else { return nil }
    }
    return bounce(status ?? DeliveryStatus(in: words), diagnosis.isEmpty ? words : diagnosis)
  }

  private static func bounce(_ status: DeliveryStatus?, _ words: String) -> FeedbackReport {
    guard let status, !status.isSuccess else {
      return FeedbackReport(.bounced, bounce: DeliveryStatus.saysUnknownUser(words) ? .hard : .soft)
    }
    return FeedbackReport(.bounced, bounce: status.bounce(words), code: status.text)
  }

  /// Old servers write to a person: a status, or words that servers have for it, in a text. Only of what no person has
  /// written: with an empty return path, or in a mail server's name.
  private static func bounceInWords(_ message: MailPart, _ parts: [MailPart]) -> FeedbackReport? {
    guard isFromServer(message), message["auto-submitted"]?.lowercased().hasPrefix("auto-replied") != true else {
      return nil
    }
    let words = words(of: parts)
    let status = DeliveryStatus(in: words)
    guard status?.isSuccess != true, status != nil || DeliveryStatus.saysUnknownUser(words) else { return nil }
    return bounce(status, words)
  }

  private static func isFromServer(_ message: MailPart) -> Bool {
    if message["return-path"]?.filter({ !$0.isWhitespace }) == "<>" { return true }
    let from = message["from"]?.lowercased() ?? ""
    return from.contains("mailer-daemon@") || from.contains("postmaster@")
  }

  private static let wordsBytesMax = 16 << 10

  private static func words(of parts: [MailPart]) -> String {
    let text = parts.first { $0.type.name == "text/plain" || $0.type.name.isEmpty }
    return String(decoding: (text?.content ?? []).prefix(wordsBytesMax), as: UTF8.self)
  }
}
