import Contracts
import Messages

/// A message in the form its channel takes it.
package enum OutgoingMessage: Equatable, Sendable {
  case email(MailMessage)
  case sms(SMSMessage)
  case zns(ZNSMessage)
  case push(PushMessage)

  /// Of an e-mail's recipient, small letters; nil of what goes to a phone or an app.
  package var recipientDomain: String? {
    switch self {
    case .email(let mail): mail.to.domain.lowercased()
    case .sms, .zns, .push: nil
    }
  }
}

package struct SMSMessage: Equatable, Sendable {
  /// E.164, `+84901234567`.
  package var to: String
  package var text: String
  package var encoding: SMSForm.Encoding
  /// What the gateway de-duplicates by.
  package var notificationId: String
  /// What reports on it will name it by; nil where none are taken.
  package var token: String?

  package init(to: String, text: String, encoding: SMSForm.Encoding = .gsm7, notificationId: String) {
    self.to = to
    self.text = text
    self.encoding = encoding
    self.notificationId = notificationId
  }
}

/// What became of one attempt.
package enum SendOutcome: Equatable, Sendable {
  case sent
  /// The same, and the provider told by which id it knows the message.
  case sentAs(String)
  /// Refused for good.
  case failed(SendReason)
  /// Not given to the channel, for this channel cannot take it.
  case suppressed(SendReason)
  /// Certainly not delivered; another time it may be.
  case retryLater(SendReason)
  /// It may have been delivered.
  case unknown(SendReason)
  /// The server refuses the account, the sender or a policy, or is not to be reached: it says nothing of this message.
  /// Where that is not certain it may be about this message all the same.
  case channelRefused(SendReason, isCertain: Bool)
  /// As many were sent as may be for now: nothing goes by this channel before this instant.
  case quotaReached(SendReason, untilMs: Int64)
  /// The worker stopped, or the channel was held, before it was this message's turn.
  case notAttempted

  package var providerMessageId: String? {
    if case .sentAs(let id) = self { id } else { nil }
  }
}

/// Why, without personal data.
package struct SendReason: Equatable, Sendable {
  /// Stable, for `loyalty.notifications`: `smtp-550-5.1.1`, `gateway-unreachable`.
  package let code: String
  /// For the log.
  package let detail: String
  /// How long the other side asked to be left alone.
  package let retryAfterMs: Int64?
  /// The server that takes mail for the recipient's domain asked for patience.
  package let holdsDomain: Bool

  package init(_ code: String, _ detail: String = "", retryAfterMs: Int64? = nil, holdsDomain: Bool = false) {
    self.code = code
    self.detail = detail
    self.retryAfterMs = retryAfterMs
    self.holdsDomain = holdsDomain
  }
}

/// Sends messages, one at a time; owned by one thread.
package protocol MessageSender: AnyObject {
  /// Blocks for one exchange. Throws what only the operator can mend.
  func send(_ message: OutgoingMessage) throws -> SendOutcome
  func close()
}
