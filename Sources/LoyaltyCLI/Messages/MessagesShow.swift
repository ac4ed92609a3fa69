import Contracts
import Foundation
import Inquiry
import JSON
import Loyalty
import ServiceKit

/// `loyalty messages show MEMBER|ID`: a member's messages, and what would become of one now; or one message.
enum MessagesShow: Subcommand {
  private static let target = Setting.text(
    "target", placeholder: "MEMBER|ID", help: "A member's id, or a message's, as `messages list` shows it.")
  private static let limit = Setting.integer(
    "limit", default: 50, in: 1...100_000, help: "How many of the member's last messages."
  ).flagOnly

  static let command = CommandDeclaration(
    "show",
    summary:
      "a member's messages, each with why it was sent or not, those that wait, and what would become of a message now; or "
      + "one message. Exit code 4 where there is no such message, 5 where the notifier does not answer.",
    arguments: [target], settings: [limit, NotifierAnswer.timeoutMs])

  static func run(_ context: CommandContext) throws -> ExitCode {
    let name = context.settings[target]
    guard FieldRules.isId(name) else {
      throw ConfigurationError([
        context.settings.problem(target, "needs 1 to \(FieldRules.idLengthMax) printable characters")
      ])
    }
    return MessageTarget.isMessageId(name) ? try showMessage(name, context) : try showMember(name, context)
  }

  // MARK: One message

  private static func showMessage(_ id: String, _ context: CommandContext) throws -> ExitCode {
    let found = try outcomes(of: id, context)
    context.tell(OutcomeTable(found).text, .array(found.map(\.document)))
    return .done
  }

  /// At least one.
  static func outcomes(of id: String, _ context: CommandContext) throws -> [MessageOutcome] {
    let reader = try TopicReader(context.cluster)
    defer { reader.close() }
    let found = try MessageReading(context.cluster, reader).outcomes(of: id)
    guard !found.isEmpty else {
      throw CommandFailure(
        "no message \(id) has an outcome. One that waits is shown by `loyalty messages show MEMBER`; outcomes are kept as "
          + "long as \(Topic.notifications.name) keeps records", exitCode: .refused)
    }
    return found
  }

  // MARK: A member

  private static func showMember(_ member: String, _ context: CommandContext) throws -> ExitCode {
    let reader = try TopicReader(context.cluster)
    defer { reader.close() }
    let filter = MessageFilter(memberId: member)
    let past = try MessageReading(context.cluster, reader).last(context.settings[limit], filter)
    let request = MessageRequest(
      id: UUID().uuidString.lowercased(), memberId: member, kind: .explain,
      occurredAt: Instant(milliseconds: LogOutput.wallClockMs()))
    var now: MessageAnswer.Explanation?
    if case .explained(let explanation)? = try NotifierAnswer(context, request).wait()?.content { now = explanation }
    let page = MemberMessages(memberId: member, past: past, now: now)
    context.tell(page.text, page.json)
    guard now == nil else { return .done }
    context.console.note(
      "loyalty: the notifier has not answered what would become of a message now. \(NotifierAnswer.advice)")
    return .unanswered
  }
}
