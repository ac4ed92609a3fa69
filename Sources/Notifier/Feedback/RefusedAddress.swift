import Contracts
import MessageFeedback

/// What the outcome `failed` says of an address. A mail server that names the address as wrong, by an enhanced status,
/// is believed at once; one that gives a code alone may mean the message, and counts as a soft bounce.
enum RefusedAddress {
  private static let smtp = "smtp-"
  private static let addressCodes: Set<Substring> = ["550", "551", "553", "556"]

  /// - Parameter reason: on `loyalty.notifications`: `smtp-550-5.1.1`. nil: it does not speak of the address.
  static func bounce(_ reason: String?) -> Feedback.Bounce? {
    guard let reason, reason.hasPrefix(smtp) else { return nil }
    let parts = reason.dropFirst(smtp.count).split(separator: "-")
    guard let code = parts.first else { return nil }
    if parts.count > 1 { return SMTPRefusal.bounce(status: parts[1]) }
    return addressCodes.contains(code) ? .soft : nil
  }
}
