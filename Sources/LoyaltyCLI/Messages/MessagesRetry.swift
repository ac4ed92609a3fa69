import Contracts
import Inquiry
import JSON
import Loyalty
import ServiceKit

/// `loyalty messages retry ID`: sends a message again that has failed, or may have been sent.
enum MessagesRetry: Subcommand {
  private static let message = Setting.text(
    "message", placeholder: "ID", help: "The message's id, as `messages list` shows it.")
  private static let actor = Setting.text("actor", help: "Who decided it.")
  private static let reason = Setting.text("reason", help: "Why.").optional

  static let command = CommandDeclaration(
    "retry",
    summary:
      "send a message again that has failed or may have been sent, once a failure; to the address that the profile has "
      + "now, by the channel that can take it now. Exit code 4 when it is refused.",
    arguments: [message], settings: [actor, reason, CommandContext.yes, NotifierAnswer.timeoutMs])

  static func run(_ context: CommandContext) throws -> ExitCode {
    let id = context.settings[message]
    guard MessageTarget.isMessageId(id) else {
      throw ConfigurationError([context.settings.problem(message, "is no message's id; `messages list` shows them")])
    }
    let outcomes = try MessagesShow.outcomes(of: id, context)
    let last = outcomes[outcomes.count - 1]
    switch last.outcome {
    case .failed: break
    case .maybeSent:
      try context.confirm("\(id) may have arrived; sent again it may arrive twice")
    case .sent, .suppressed, .passedOn, .delivered, .bounced, .complained, nil:
      throw CommandFailure(
        "\(id) is \(last.text("outcome") ?? "of an outcome that this release does not know"): only what has failed or may "
          + "have been sent goes again", exitCode: .refused)
    }
    let retry = MessageRequest.Retry(
      messageId: id, failedAt: last.occurredAt, actor: context.settings[actor], reason: context.settings[reason])
    let request = MessageRequest(
      id: MessageRequest.retryId(of: id, failedAt: last.occurredAt), memberId: last.memberId, kind: .retry(retry),
      occurredAt: Instant(milliseconds: LogOutput.wallClockMs()))
    return try tell(try NotifierAnswer(context, request).wait()?.content, request, id, context)
  }

  private static func tell(
    _ answer: MessageAnswer.Content?, _ request: MessageRequest, _ id: String, _ context: CommandContext
  ) throws -> ExitCode {
    switch answer {
    case .retried:
      context.tell(
        "\(id) goes out again; `loyalty messages show \(id)` will tell its outcome", json(request, "retried"))
      return .done
    case .refused(_, let refusal):
      context.tell(
        "Refused: \(refusal.rawValue). \(refusal.message)",
        json(request, "refused", .refused, refusal.rawValue, refusal.message))
      return .refused
    case .explained, nil:
      throw CommandFailure("no answer to \(request.id) yet. \(NotifierAnswer.advice)", exitCode: .unanswered)
    }
  }

  private static func json(
    _ request: MessageRequest, _ outcome: String, _ code: ExitCode = .done, _ refused: String? = nil,
    _ message: String? = nil
  ) -> JSONValue {
    .fields([
      "request": .string(request.id), "memberId": .string(request.memberId), "outcome": .string(outcome),
      "exitCode": .count(code.rawValue), "refused": refused.map { .string($0) }, "message": message.map { .string($0) },
    ])
  }
}
