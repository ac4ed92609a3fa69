import Contracts
import Foundation
import JSON
import MessageFeedback
import ServiceKit

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

  static let command = CommandDeclaration(
    "hook",
    summary: "read what a provider's web hook sent (its body, from standard input), for a web server of your own.",
    arguments: [kind], settings: [FeedbackFlags.secret, query, mailgunKey])

  static func run(_ context: CommandContext) throws -> ExitCode {
    let settings = context.settings
    let secrets = FeedbackHook.Secrets(
      feedback: try FeedbackFlags.givenSecret(context), mailgunKey: settings[mailgunKey]?.reveal())
    let body =
      try settings[kind] == .kannel
      ? [] : FeedbackFlags.bytes(of: STDIN_FILENO, bytesMax: FeedbackHook.bodyBytesMax + 1)
    switch settings[kind].read(body: body, query: settings[query] ?? "", secrets, at: FeedbackFlags.now) {
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
    case .unsigned: "it is not signed by the key that --mailgun-signing-key gives"
    }
  }
}
