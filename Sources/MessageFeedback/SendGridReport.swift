import Contracts
import JSON

/// An event of SendGrid's event webhook. The token comes back as the unique argument that the notifier gave.
enum SendGridReport {
  static func read(_ event: JSONValue) -> HookReport {
    let providerMessageId = event["sg_message_id"]?.string
    let occurredAt = FeedbackReport.instant(seconds: event["timestamp"]?.number)
    let (text, reason) = (event["status"]?.string, event["reason"]?.string)
    let status = text.flatMap { DeliveryStatus(in: $0) } ?? reason.flatMap { DeliveryStatus(in: $0) }
    let report: FeedbackReport? =
      switch event["event"]?.string {
      case "delivered": FeedbackReport(.delivered, providerMessageId: providerMessageId, occurredAt: occurredAt)
      case "bounce":
        FeedbackReport(
          .bounced, bounce: bounce(event["type"]?.string, status, reason ?? ""), code: status?.text,
          providerMessageId: providerMessageId, occurredAt: occurredAt)
      case "dropped":
        FeedbackReport(
          .bounced, bounce: dropped(reason ?? ""), code: "dropped", providerMessageId: providerMessageId,
          occurredAt: occurredAt)
      case "spamreport": FeedbackReport(.complained, providerMessageId: providerMessageId, occurredAt: occurredAt)
      case "unsubscribe", "group_unsubscribe":
        FeedbackReport(.optedOut, providerMessageId: providerMessageId, occurredAt: occurredAt)
      default: nil
      }
    return HookReport(report: report, tokens: [event[FeedbackHook.tokenField]?.string])
  }

  /// `blocked`: the message was refused and not the address.
  private static func bounce(_ type: String?, _ status: DeliveryStatus?, _ words: String) -> Feedback.Bounce {
    if type == "blocked" { return .refused }
    return status?.bounce(words) ?? (DeliveryStatus.saysUnknownUser(words) ? .hard : .soft)
  }

  /// Not sent, for SendGrid's own list has the address.
  private static func dropped(_ reason: String) -> Feedback.Bounce {
    reason.lowercased().contains("bounced address") || reason.lowercased().contains("invalid") ? .hard : .refused
  }
}
