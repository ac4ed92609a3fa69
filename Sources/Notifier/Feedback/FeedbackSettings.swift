import Contracts
import Loyalty
import MessageFeedback
import Messages
import ServiceKit

/// What an operator decides about reports on messages and about contacts that nothing is sent to.
package struct FeedbackSettings: Sendable {
  package let secret: FeedbackSecret
  /// nil: mail goes out under the sender's own address, as do its bounces.
  package let returnPath: ReturnPath?
  /// The provider that gives a token back only if it is told it in a header of its own.
  let provider: Provider?
  /// So many soft bounces within `softBounceMs` put a contact on the list.
  let softBouncesMax: Int
  let softBounceMs: Int64

  package enum Provider: String, CaseIterable, Sendable { case sendgrid, mailgun }

  private static let secretText = Setting.secret(
    "feedback-secret",
    help:
      "Signs return paths and digests contacts, at least 16 characters; the same for all instances and for `loyalty "
      + "feedback`, and for good. With it reports are taken and the suppression list is kept."
  ).optional
  private static let returnMailbox = Setting.text(
    "return-path", placeholder: "MAILBOX",
    help: "Where bounces go, bounces@example.com: each message's is bounces+TOKEN@example.com. Needs --feedback-secret."
  ).optional
  private static let mailProvider = Setting<Provider>.choice(
    "mail-provider",
    help: "Whose header makes the mail server name the message in its web hooks. Needs --feedback-secret."
  ).optional
  private static let softBounces = Setting.integer(
    "soft-bounces-max", default: 5, in: 1...100, unit: "bounces a contact",
    help: "So many soft bounces within --soft-bounce-days, and nothing is sent to the contact any more.")
  private static let softBounceDays = Setting.days(
    "soft-bounce-days", default: 30, in: 1...365, help: "See --soft-bounces-max.")

  static let declared: [any AnySetting] = [
    secretText, returnMailbox, mailProvider, softBounces, softBounceDays,
  ]

  /// nil without a secret.
  init?(_ settings: Settings, _ problems: inout [ConfigurationError.Problem]) {
    guard let secret = settings[Self.secretText]?.reveal() else {
      Self.refuse(Self.returnMailbox, settings, &problems)
      Self.refuse(Self.mailProvider, settings, &problems)
      return nil
    }
    if secret.count < FeedbackSecret.lengthMin {
      problems.append(
        settings.problem(Self.secretText, "needs at least \(FeedbackSecret.lengthMin) characters, random ones"))
    }
    self.secret = FeedbackSecret(secret)
    returnPath = settings[Self.returnMailbox].flatMap { ReturnPath($0) }
    if settings[Self.returnMailbox] != nil, returnPath == nil {
      problems.append(
        settings.problem(
          Self.returnMailbox,
          "needs an address such as bounces@example.com, of letters and digits and with at most "
            + "\(ReturnPath.mailboxBytesMax) of them before the @"))
    }
    provider = settings[Self.mailProvider]
    softBouncesMax = settings[Self.softBounces]
    softBounceMs = settings[Self.softBounceDays]
  }

  private static func refuse<Value>(
    _ setting: Setting<Value?>, _ settings: Settings, _ problems: inout [ConfigurationError.Problem]
  ) {
    guard settings[setting] != nil else { return }
    problems.append(settings.problem(setting, "needs --feedback-secret beside it"))
  }

  // MARK: Messages

  /// The same message with what reports on it will name it by.
  func marked(_ message: OutgoingMessage, id: String, partition: Int32) -> OutgoingMessage {
    guard let token = FeedbackToken(notificationId: id, partition: partition)?.text(under: secret) else {
      return message
    }
    switch message {
    case .email(var mail):
      mail.feedback = MailFeedback(
        token: token, returnPath: returnPath?.address(token),
        headers: [MailFeedback.Header(name: MailReport.tokenHeader, value: token)]
          + [providerHeader(token)].compactMap { $0 })
      return .email(mail)
    case .sms(var sms):
      sms.token = token
      return .sms(sms)
    case .zns(var zns):
      zns.token = token
      return .zns(zns)
    // Firebase reports on none.
    case .push: return message
    }
  }

  private func providerHeader(_ token: String) -> MailFeedback.Header? {
    switch provider {
    case .sendgrid:
      .init(name: "X-SMTPAPI", value: "{\"unique_args\":{\"\(FeedbackHook.tokenField)\":\"\(token)\"}}")
    case .mailgun: .init(name: "X-Mailgun-Variables", value: "{\"\(FeedbackHook.tokenField)\":\"\(token)\"}")
    case nil: nil
    }
  }
}
