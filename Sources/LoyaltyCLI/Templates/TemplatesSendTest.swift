import Curl
import JSON
import Loyalty
import Messages
import ServiceKit

/// `loyalty templates send-test FILE|ID --to ADDRESS`: one e-mail with sample facts, over the mail server that the
/// notifier's own flags and variables name.
enum TemplatesSendTest: Subcommand {
  private static let to = Setting.text(
    "to", placeholder: "ADDRESS", help: "The e-mail address that gets it."
  ).flagOnly
  private static let smtpURL = Setting.secret(
    "smtp-url", placeholder: "URL", help: "The mail server, smtp://host:587 or smtps://host:465.")
  private static let startTLS = Setting<SMTPClient.StartTLS>.choice(
    "smtp-starttls", help: "Whether smtp:// turns to TLS; required when a user is named, else opportunistic."
  ).optional
  private static let smtpUser = Setting.text("smtp-user", help: "The log-in at the mail server.").optional
  private static let smtpPassword = Setting.secret("smtp-password", help: "Its password.").optional
  private static let smtpCAFile = Setting.path(
    "smtp-ca-file", help: "Certificates to trust instead of the system's, PEM."
  ).optional
  private static let mailFrom = Setting.text(
    "mail-from", placeholder: "MAILBOX", help: "The sender: points@example.com or \"Name <points@example.com>\".")

  static let command = CommandDeclaration(
    "send-test",
    summary: "one e-mail of a template with sample facts, to an address of one's own; takes the notifier's settings.",
    arguments: [TemplateSource.named],
    settings: TemplateSource.settings + TemplateSample.settings
      + [to, smtpURL, startTLS, smtpUser, smtpPassword, smtpCAFile, mailFrom])

  private static let replyTimeoutMs = 30_000
  private static let finalTimeoutMs = 120_000

  static func run(_ context: CommandContext) throws -> ExitCode {
    let settings = context.settings
    guard let recipient = Mailbox(writingTo: settings[to]) else {
      throw CommandFailure("--to needs an e-mail address, such as lan@example.com")
    }
    guard let sender = Mailbox(settings[mailFrom])?.inASCIIDomain() else {
      throw CommandFailure("--mail-from needs an address such as points@example.com or \"Name <points@example.com>\"")
    }
    let source = try TemplateSource(context)
    let (wording, language) = try TemplateSample.write(source, settings)
    let now = Instant(milliseconds: LogOutput.wallClockMs())
    let mail = MailMessage(
      from: source.brand.senderName.map(sender.named) ?? sender, to: recipient, subject: wording.subject,
      body: wording.body, notificationId: "test-\(now.milliseconds)", date: now,
      unsubscribeURL: settings[TemplateSample.unsubscribeURL], html: wording.html)
    try send(mail, settings)
    context.tell(
      "The mail server took \(source.template.kind.id) in \(language.rawValue): \(mail.messageId)",
      .fields(["messageId": .string(mail.messageId), "language": .string(language.rawValue)]))
    return .done
  }

  private static func send(_ mail: MailMessage, _ settings: Settings) throws {
    var login: SMTPClient.Login?
    if let user = settings[smtpUser] {
      guard let password = settings[smtpPassword] else { throw CommandFailure("--smtp-password is missing") }
      login = SMTPClient.Login(user: user, password: password.reveal())
    }
    let turnsToTLS = settings[startTLS] ?? (login == nil ? .opportunistic : .required)
    let url = settings[smtpURL].reveal()
    guard login == nil || !url.hasPrefix("smtp://") || turnsToTLS == .required else {
      throw CommandFailure("--smtp-starttls would let the password go without TLS; leave it out")
    }
    let client = try SMTPClient(
      SMTPClient.Configuration(
        url: url, startTLS: turnsToTLS, login: login, options: TransferOptions(caFile: settings[smtpCAFile]),
        timeouts: SMTPTimeouts(replyMs: replyTimeoutMs, finalMs: finalTimeoutMs)))
    defer { client.close() }
    switch try client.send(from: mail.from.address, to: mail.to.address, message: try mail.encoded()) {
    case .accepted: return
    case .refused(let reply, let phase): throw CommandFailure("the mail server answered \(reply) to \(phase.rawValue)")
    case .lost(let failure, _): throw CommandFailure("the mail server is not to be reached: \(failure.description)")
    case .unknown(let failure):
      throw CommandFailure(
        "nobody knows whether the mail server took it: \(failure.description)", exitCode: .unanswered)
    case .needsSMTPUTF8: throw CommandFailure("the mail server takes only ASCII before the @")
    case .cancelled: throw CommandFailure("it was broken off")
    }
  }
}
