import Foundation
import MessageFeedback
import ServiceKit
import Signing

/// What an operator tells of the providers that report here: by what their calls are known.
enum FeedbackHookSettings {
  private static let secret = Setting.secret(
    "feedback-secret",
    help: "The notifier's: providers then report on messages at /feedback/ses, /feedback/twilio and so on."
  ).optional
  private static let mailgunKey = Setting.secret(
    "mailgun-signing-key", help: "Mailgun's key for web hooks; its reports count only when they are signed by it."
  ).optional
  private static let sendGridKey = Setting.text(
    "sendgrid-public-key", placeholder: "KEY",
    help: "SendGrid's verification key; its reports then count only when they are signed by it."
  ).optional
  private static let snsTopic = Setting.text(
    "sns-topic-arn", placeholder: "ARN",
    help: "The topic of SES's events: reports at /feedback/ses then count only when SNS signed them for it (version 2)."
  ).optional
  private static let snsCertificate = Setting.path(
    "sns-certificate-file",
    help: "SNS's certificate, PEM; left out: it is fetched from the topic's region of amazonaws.com, and kept a day."
  ).optional

  private static let zaloSecret = Setting.secret(
    "zalo-oa-secret",
    help: "The Official Account's secret for web hooks; Zalo's reports then count only when they are signed under it."
  ).optional

  static let all: [any AnySetting] = [secret, mailgunKey, sendGridKey, snsTopic, snsCertificate, zaloSecret]

  /// nil: no provider reports here.
  static func secrets(
    _ settings: Settings, _ problems: inout [ConfigurationError.Problem]
  ) -> FeedbackHook.Secrets? {
    if let text = settings[secret]?.reveal(), text.count < FeedbackSecret.lengthMin {
      problems.append(
        settings.problem(secret, "needs at least \(FeedbackSecret.lengthMin) characters, as the notifier's has"))
    }
    let alone = "needs --feedback-secret beside it"
    if settings[secret] == nil {
      if settings[mailgunKey] != nil { problems.append(settings.problem(mailgunKey, alone)) }
      if settings[sendGridKey] != nil { problems.append(settings.problem(sendGridKey, alone)) }
      if settings[snsTopic] != nil { problems.append(settings.problem(snsTopic, alone)) }
      if settings[zaloSecret] != nil { problems.append(settings.problem(zaloSecret, alone)) }
    }
    let key = settings[sendGridKey].flatMap { VerifyingKey($0) }
    if settings[sendGridKey] != nil, key == nil {
      problems.append(settings.problem(sendGridKey, "is no public key, as SendGrid shows one beside the web hook"))
    }
    let trust = snsTrust(settings, &problems)
    let mailgun = settings[mailgunKey]?.reveal()
    return settings[secret].map {
      FeedbackHook.Secrets(
        feedback: FeedbackSecret($0.reveal()), mailgunKey: mailgun, sendGridKey: key, sns: trust,
        zaloSecret: settings[zaloSecret]?.reveal())
    }
  }

  private static func snsTrust(_ settings: Settings, _ problems: inout [ConfigurationError.Problem]) -> SNSTrust? {
    guard let arn = settings[snsTopic] else {
      if settings[snsCertificate] != nil {
        problems.append(settings.problem(snsCertificate, "needs --sns-topic-arn beside it"))
      }
      return nil
    }
    guard let topic = SNSTopic(arn) else {
      problems.append(settings.problem(snsTopic, "needs a topic such as arn:aws:sns:eu-west-1:123456789012:ses-events"))
      return nil
    }
    guard let file = settings[snsCertificate] else {
      let certificates = SNSCertificates(topic, nowMs: LogOutput.wallClockMs)
      return SNSTrust(topic) { certificates.key(at: $0) }
    }
    let pem = FileManager.default.contents(atPath: file).map { Array($0) } ?? []
    if VerifyingKey(certificate: pem, at: LogOutput.wallClockMs() / 1_000) == nil {
      problems.append(
        settings.problem(
          snsCertificate, "names '\(TerminalText.name(file))', which holds no certificate that counts now"))
    }
    return SNSTrust(topic) { _ in VerifyingKey(certificate: pem, at: LogOutput.wallClockMs() / 1_000) }
  }
}
