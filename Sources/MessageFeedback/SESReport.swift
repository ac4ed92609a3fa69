import Contracts
import JSON

/// Amazon SES through SNS. Whether SNS signed it says `SNSSignature`, where a topic is known. Each event names its
/// message by a token of ours.
enum SESReport {
  enum Reading {
    case reports([HookReport])
    case confirmation(String)
    case unreadable
  }

  static func read(_ json: JSONValue) -> Reading {
    switch json["Type"]?.string {
    case "SubscriptionConfirmation":
      guard let url = json["SubscribeURL"]?.string, isOfAmazon(url) else { return .unreadable }
      return .confirmation(url)
    case "UnsubscribeConfirmation": return .reports([])
    case "Notification":
      guard let text = json["Message"]?.string, let event = try? JSONValue(parsing: text) else { return .unreadable }
      return .reports([report(of: event)])
    // Raw delivery has no envelope.
    case nil where json["mail"] != nil: return .reports([report(of: json)])
    default: return .unreadable
    }
  }

  /// `https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription…`
  private static func isOfAmazon(_ url: String) -> Bool {
    guard url.hasPrefix("https://"), url.utf8.count <= 2_048, url.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
    else { return false }
    let host = url.dropFirst("https://".count).prefix { $0 != "/" && $0 != "?" && $0 != "#" }
    return host.hasPrefix("sns.") && (host.hasSuffix(".amazonaws.com") || host.hasSuffix(".amazonaws.com.cn"))
      && !host.contains("@") && !host.contains(":") && !host.contains("\\")
  }

  private static func report(of event: JSONValue) -> HookReport {
    let mail = event["mail"]
    let headers = (mail?["headers"]?.elements ?? []).prefix(500).filter {
      $0["name"]?.string?.lowercased() == MailReport.tokenHeader.lowercased()
    }
    let providerMessageId = mail?["messageId"]?.string
    let kind = event["eventType"]?.string ?? event["notificationType"]?.string
    return HookReport(
      report: report(kind, event, providerMessageId), tokens: headers.map { $0["value"]?.string },
      addresses: [mail?["source"]?.string])
  }

  private static func report(_ kind: String?, _ event: JSONValue, _ providerMessageId: String?) -> FeedbackReport? {
    switch kind {
    case "Delivery":
      return FeedbackReport(
        .delivered, providerMessageId: providerMessageId,
        occurredAt: FeedbackReport.instant(rfc3339: event["delivery"]?["timestamp"]?.string))
    case "Bounce": return event["bounce"].map { bounce($0, providerMessageId) }
    case "Complaint":
      let complaint = event["complaint"]
      let type = complaint?["complaintFeedbackType"]?.string
      guard type != "not-spam" else { return nil }
      return FeedbackReport(
        .complained, code: type, providerMessageId: providerMessageId,
        occurredAt: FeedbackReport.instant(rfc3339: complaint?["timestamp"]?.string))
    case "Subscription": return FeedbackReport(.optedOut, code: "subscription", providerMessageId: providerMessageId)
    case "Reject":
      return FeedbackReport(.bounced, bounce: .refused, code: "reject", providerMessageId: providerMessageId)
    default: return nil
    }
  }

  private static func bounce(_ bounce: JSONValue, _ providerMessageId: String?) -> FeedbackReport {
    let recipient = bounce["bouncedRecipients"]?.elements?.first
    let status = recipient?["status"]?.string.flatMap { DeliveryStatus(in: $0) }
    let (type, subtype) = (bounce["bounceType"]?.string, bounce["bounceSubType"]?.string)
    let kind: Feedback.Bounce =
      switch (type, subtype) {
      // SES did not send it, since its own list has the address.
      case ("Permanent", "Suppressed"), ("Permanent", "OnAccountSuppressionList"), ("Permanent", "NoEmail"): .hard
      case ("Permanent", _): status.map { $0.bounce(recipient?["diagnosticCode"]?.string ?? "") } ?? .hard
      case ("Transient", "ContentRejected"), ("Transient", "MessageTooLarge"), ("Transient", "AttachmentRejected"):
        .refused
      default: .soft
      }
    return FeedbackReport(
      .bounced, bounce: kind, code: status?.text ?? subtype, providerMessageId: providerMessageId,
      occurredAt: FeedbackReport.instant(rfc3339: bounce["timestamp"]?.string))
  }
}
