import Contracts
import Foundation
import JSON
import MessageFeedback
import ServiceKit
import Signing

/// `loyalty feedback hook KIND`: what a provider's web hook sent, from standard input.
enum FeedbackHookCommand: Subcommand {
  private static let kind = Setting<FeedbackHook>.choice("kind", help: "Whose form it has.")
  private static let query = Setting.text(
    "query", placeholder: "TEXT",
    help: "What stood behind the ? of the address that was called; of kannel all there is."
  ).optional.flagOnly
  private static let mailgunKey = Setting.secret(
    "mailgun-signing-key", help: "Mailgun's key for web hooks; its calls count only when they are signed by it."
  ).optional

  private static let sendGridKey = Setting.text(
    "sendgrid-public-key", placeholder: "KEY",
    help: "SendGrid's verification key; its calls then count only with --signature and --timestamp by it."
  ).optional
  private static let signature = Setting.text(
    "signature", placeholder: "TEXT",
    help: "The call's header X-Twilio-Email-Event-Webhook-Signature, or Zalo's X-ZEvent-Signature."
  ).optional.flagOnly
  private static let timestamp = Setting.text(
    "timestamp", placeholder: "TEXT", help: "The call's header X-Twilio-Email-Event-Webhook-Timestamp."
  ).optional.flagOnly
  private static let snsTopic = Setting.text(
    "sns-topic-arn", placeholder: "ARN",
    help: "The topic of SES's events: they then count only when SNS signed them for it by --sns-certificate-file."
  ).optional
  private static let snsCertificate = Setting.path(
    "sns-certificate-file", help: "SNS's certificate, PEM: what lies at the message's SigningCertURL."
  ).optional

  private static let zaloSecret = Setting.secret(
    "zalo-oa-secret",
    help: "The Official Account's secret; Zalo's calls then count only with --signature under it."
  ).optional

  static let command = CommandDeclaration(
    "hook",
    summary: "read what a provider's web hook sent (its body, from standard input), for a web server of your own.",
    arguments: [kind],
    settings: [
      FeedbackFlags.secret, query, mailgunKey, sendGridKey, signature, timestamp, snsTopic, snsCertificate,
      zaloSecret,
    ])

  static func run(_ context: CommandContext) throws -> ExitCode {
    let settings = context.settings
    let secrets = FeedbackHook.Secrets(
      feedback: try FeedbackFlags.givenSecret(context), mailgunKey: settings[mailgunKey]?.reveal(),
      sendGridKey: try givenSendGridKey(settings), sns: try givenTrust(settings),
      zaloSecret: settings[zaloSecret]?.reveal())
    let headers = [
      FeedbackHook.signatureHeader: settings[signature], FeedbackHook.timestampHeader: settings[timestamp],
      FeedbackHook.zaloSignatureHeader: settings[signature],
    ]
    let body =
      try settings[kind] == .kannel
      ? [] : FeedbackFlags.bytes(of: STDIN_FILENO, bytesMax: FeedbackHook.bodyBytesMax + 1)
    let answer = settings[kind].read(
      body: body, query: settings[query] ?? "", header: { headers[$0] ?? nil }, secrets, at: FeedbackFlags.now)
    switch answer {
    case .told(let feedback, let passedOver): return try write(feedback, passedOver, context)
    case .asksForConfirmation(let url):
      context.tell(
        "SNS asks whether it may send. Open this address if you asked it to: \(url)",
        .fields(["confirm": .string(url)]))
      return .done
    case .refused(let refusal):
      throw CommandFailure(
        "the call is refused: \(refusal.told) (answer it with HTTP \(refusal.status))", exitCode: .refused)
    }
  }

  private static func givenSendGridKey(_ settings: Settings) throws -> VerifyingKey? {
    guard let text = settings[sendGridKey] else { return nil }
    guard let key = VerifyingKey(text) else {
      throw ConfigurationError([settings.problem(sendGridKey, "is no public key, as SendGrid shows one")])
    }
    return key
  }

  private static func givenTrust(_ settings: Settings) throws -> SNSTrust? {
    guard let arn = settings[snsTopic] else { return nil }
    guard let topic = SNSTopic(arn) else {
      throw ConfigurationError([
        settings.problem(snsTopic, "is no topic such as arn:aws:sns:eu-west-1:123456789012:ses")
      ])
    }
    let pem = settings[snsCertificate].flatMap { FileManager.default.contents(atPath: $0) } ?? Data()
    guard let key = VerifyingKey(certificate: Array(pem), at: FeedbackFlags.now.milliseconds / 1_000) else {
      throw ConfigurationError([settings.problem(snsCertificate, "must name a certificate, PEM, that counts now")])
    }
    return SNSTrust(topic) { _ in key }
  }

  private static func write(_ feedback: [Feedback], _ passedOver: Int, _ context: CommandContext) throws -> ExitCode {
    var written: [Feedback] = []
    if !feedback.isEmpty {
      let writer = try FeedbackWriter(context.cluster)
      defer { writer.close() }
      written = try feedback.filter { try writer.write($0) }
      try writer.finish()
    }
    let others = passedOver + feedback.count - written.count
    let lines = written.map(\.told) + (others > 0 ? ["passed over: \(others)"] : [])
    context.tell(
      lines.isEmpty ? "nothing is reported" : lines.joined(separator: "\n"),
      .fields(["reports": .array(written.map(\.json)), "passedOver": .count(others)]))
    return .done
  }
}

extension FeedbackHook.Refusal {
  fileprivate var told: String {
    switch self {
    case .unreadable: "it has not the form of this provider's"
    case .tooLarge: "it is larger than \(FeedbackHook.bodyBytesMax >> 20) MiB"
    case .unsigned: "it is not signed by the key, or for the topic, that was given"
    case .unverifiable: "what it is signed by is not at hand"
    }
  }
}
