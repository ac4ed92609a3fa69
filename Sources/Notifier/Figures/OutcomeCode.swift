import Contracts
import Curl

/// Reasons of outcomes as metrics tell them: a bounded set, however many codes servers think of. What is not in it
/// counts as `other`; `loyalty.notifications` tells the reason whole.
package enum OutcomeCode {
  package static let other = "other"

  /// Without the codes of servers, which `label` cuts to these.
  package static let known: Set<String> = Set([
    "no-consent", "not-confirmed", "preference-off", "suppressed-bounced", "suppressed-soft-bounced",
    "suppressed-complained", "suppressed-opted-out", "suppressed-by-hand", "no-address", "no-profile", "member-closed",
    "channel-not-configured",
    "address-unusable",
    "smtputf8-not-offered", "phone-not-mobile", "phone-unusable", "sms-too-long", "zns-no-template", "stale",
    "push-no-device", "fcm-unregistered", "fcm-invalid-argument", "fcm-quota-exceeded", "fcm-unavailable",
    "fcm-internal", "fcm-sender-id-mismatch", "fcm-third-party-auth-error", "fcm-no-answer", "fcm-unclear",
    "no-points", "booking-incomplete", "program-unknown", "message-unsafe", "worker-interrupted", "smtp-no-answer",
    "gateway-no-answer", "too-late", "daily-cap", "no-opt-out", "in-digest", "told-together",
  ]).union(ContactSuppression.Reason.allCases.map(SuppressionList.code))
    .union(SMTPPhase.allCases.map { "smtp-lost-\($0.rawValue)" })
    .union(smtpCodes.map { "smtp-\($0)" }).union(gatewayStatuses.map { "gateway-\($0)" })

  /// RFC 5321 §4.2.3, with those of RFC 4954, 7504 and 3207 that a message can end with.
  private static let smtpCodes = [
    421, 432, 450, 451, 452, 454, 455, 500, 501, 502, 503, 504, 521, 523, 530, 534, 535, 538, 550, 551, 552, 553, 554,
    555, 556,
  ]
  private static let gatewayStatuses = [
    400, 401, 402, 403, 404, 405, 406, 408, 409, 410, 413, 415, 422, 425, 429, 500, 502, 503, 504,
  ]

  /// A mail server's enhanced status is left out: `smtp-550-5.1.1` counts as `smtp-550`. Empty where there is no
  /// reason, as for what was sent.
  package static func label(_ reason: String?) -> String {
    guard let reason else { return "" }
    if known.contains(reason) { return reason }
    let parts = reason.split(separator: "-", maxSplits: 2)
    guard parts.count == 3, parts[0] == "smtp" else { return other }
    let short = "smtp-\(parts[1])"
    return known.contains(short) ? short : other
  }
}
