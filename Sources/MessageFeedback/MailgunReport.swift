import Contracts
import JSON
import Loyalty
import Signing

/// A call of Mailgun's webhooks, signed by HMAC-SHA256 under the account's key for webhooks.
enum MailgunReport {
  /// "To verify the webhook is originating from Mailgun: concatenate timestamp and token values, encode the resulting
  /// string with the HMAC algorithm (using your Webhook Signing Key as a key and SHA256 digest mode), compare the
  /// resulting hexdigest to the signature".
  static func isSigned(_ signature: JSONValue, by key: String?) -> Bool {
    guard let key, let timestamp = signature["timestamp"]?.string ?? signature["timestamp"]?.number,
      let token = signature["token"]?.string, let claimed = signature["signature"]?.string
    else { return false }
    let mac = HMACSHA256(key: Array(key.utf8)).digest(of: Array((timestamp + token).utf8))
    let made = mac.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    return ConstantTime.isSame(made, claimed.lowercased())
  }

  static func read(_ event: JSONValue) -> HookReport {
    let occurredAt = FeedbackReport.instant(seconds: event["timestamp"]?.number)
    let providerMessageId = event["id"]?.string
    let report: FeedbackReport? =
      switch event["event"]?.string {
      case "delivered": FeedbackReport(.delivered, providerMessageId: providerMessageId, occurredAt: occurredAt)
      // A failure that is not for good is tried again by Mailgun.
      case "failed" where event["severity"]?.string == "permanent": bounce(event, providerMessageId, occurredAt)
      case "rejected":
        FeedbackReport(.bounced, bounce: .refused, providerMessageId: providerMessageId, occurredAt: occurredAt)
      case "complained": FeedbackReport(.complained, providerMessageId: providerMessageId, occurredAt: occurredAt)
      case "unsubscribed": FeedbackReport(.optedOut, providerMessageId: providerMessageId, occurredAt: occurredAt)
      default: nil
      }
    return HookReport(
      report: report, tokens: [event["user-variables"]?[FeedbackHook.tokenField]?.string],
      addresses: [event["envelope"]?["sender"]?.string])
  }

  private static func bounce(_ event: JSONValue, _ providerMessageId: String?, _ occurredAt: Instant?) -> FeedbackReport
  {
    let status = event["delivery-status"]
    let words = status?["message"]?.string ?? status?["description"]?.string ?? ""
    let enhanced = status?["enhanced-code"]?.string.flatMap { DeliveryStatus(in: $0) } ?? DeliveryStatus(in: words)
    let reason = event["reason"]?.string
    let kind: Feedback.Bounce =
      switch reason {
      // Not sent, for Mailgun's own list has the address.
      case "suppress-bounce": .hard
      case "suppress-complaint", "suppress-unsubscribe": .refused
      // It was tried until its time was over.
      case "old": .soft
      default: enhanced?.bounce(words) ?? (DeliveryStatus.saysUnknownUser(words) ? .hard : .soft)
      }
    return FeedbackReport(
      .bounced, bounce: kind, code: enhanced?.text ?? reason, providerMessageId: providerMessageId,
      occurredAt: occurredAt)
  }
}
