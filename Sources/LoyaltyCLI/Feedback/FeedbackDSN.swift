import Contracts
import Foundation
import Inquiry
import JSON
import MessageFeedback
import ServiceKit

/// `loyalty feedback dsn`: what mail servers say of messages, as mail.
enum FeedbackDSN: Subcommand {
  private static let recipient = Setting.text(
    "recipient", placeholder: "ADDRESS",
    help: "Whom the message was delivered to; Postfix's pipe says it as ${original_recipient}. Else its headers tell."
  ).optional.flagOnly
  private static let maildir = Setting.path(
    "maildir", help: "Read each message of this maildir once, from new/, and move it to cur/; left out: standard input."
  ).optional.flagOnly

  static let command = CommandDeclaration(
    "dsn",
    summary: "read delivery reports and complaints that came to the return path, for a mail server's pipe or from a "
      + "maildir; what is neither is passed over. Exit code 75 asks a mail server to try again later.",
    settings: [FeedbackFlags.secret, recipient, maildir])

  private static let messageBytesMax = 4 << 20
  private static let filesMax = 100_000

  static func run(_ context: CommandContext) throws -> ExitCode {
    guard let folder = context.settings[maildir] else { return try pipe(context) }
    let secret = try FeedbackFlags.givenSecret(context)
    let base = try FolderHandle(folder)
    defer { base.close() }
    let (new, cur) = (
      try FolderHandle("new", in: base, mode: 0o700), try FolderHandle("cur", in: base, mode: 0o700)
    )
    defer {
      new.close()
      cur.close()
    }
    return try read(new, cur, secret, context)
  }

  /// A mail server takes other exit codes than those of `sysexits.h` for a reason to bounce the report.
  private static func pipe(_ context: CommandContext) throws -> ExitCode {
    do {
      let secret = try FeedbackFlags.givenSecret(context)
      let bytes = try FeedbackFlags.bytes(of: STDIN_FILENO, bytesMax: messageBytesMax)
      let reading = MailReport.read(
        bytes, recipient: context.settings[recipient], under: secret, at: FeedbackFlags.now)
      guard case .feedback(let feedback) = reading else {
        tell([reading], context)
        return .done
      }
      let writer = try FeedbackWriter(context.cluster)
      defer { writer.close() }
      let isOurs = try writer.write(feedback)
      try writer.finish()
      tell([isOurs ? reading : .passedOver(.noToken)], context)
      return .done
    } catch {
      throw CommandFailure("\(error). The mail server is asked to try again later", exitCode: .tryLater)
    }
  }

  /// A message is moved once its report is there: whoever is stopped in between reads it again, which does no harm.
  private static func read(
    _ new: FolderHandle, _ cur: FolderHandle, _ secret: FeedbackSecret, _ context: CommandContext
  ) throws -> ExitCode {
    let names = try new.names().filter { !$0.hasPrefix(".") && new.identity(of: $0) != nil }.sorted().prefix(filesMax)
    guard !names.isEmpty else {
      tell([], context)
      return .done
    }
    let writer = try FeedbackWriter(context.cluster)
    defer { writer.close() }
    var readings: [MailReport.Reading] = []
    for name in names {
      let file = try new.openFile(name)
      defer { close(file) }
      let bytes = try FeedbackFlags.bytes(of: file, bytesMax: messageBytesMax)
      let reading = MailReport.read(bytes, recipient: nil, under: secret, at: FeedbackFlags.now)
      if case .feedback(let feedback) = reading, try !writer.write(feedback) {
        readings.append(.passedOver(.noToken))
      } else {
        readings.append(reading)
      }
    }
    try writer.finish()
    for name in names {
      // A name that is taken there belongs to a message that was read before.
      if try !new.move(name, to: cur, as: name + ":2,S") { new.remove(name) }
    }
    tell(readings, context)
    return .done
  }

  private static func tell(_ readings: [MailReport.Reading], _ context: CommandContext) {
    var (reports, passedOver): ([Feedback], [MailReport.Reason: Int]) = ([], [:])
    for reading in readings {
      switch reading {
      case .feedback(let feedback): reports.append(feedback)
      case .passedOver(let reason): passedOver[reason, default: 0] += 1
      }
    }
    let words = MailReport.Reason.allCases.compactMap { reason in passedOver[reason].map { "\($0) \(reason.told)" } }
    let lines = reports.map(\.told) + (words.isEmpty ? [] : ["passed over: " + words.joined(separator: ", ")])
    context.tell(
      lines.isEmpty ? "no message is there" : lines.joined(separator: "\n"),
      .fields([
        "reports": .array(reports.map(\.json)),
        "passedOver": .object(
          MailReport.Reason.allCases.map { .init($0.rawValue, .count(passedOver[$0] ?? 0)) }),
      ]))
  }
}

extension MailReport.Reason {
  /// Behind a number.
  fileprivate var told: String {
    switch self {
    case .noToken: "that names no message of this installation"
    case .noReport: "that reports nothing"
    case .notFinal: "that says nothing final"
    }
  }
}
