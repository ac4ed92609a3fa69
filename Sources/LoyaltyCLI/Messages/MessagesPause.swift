import Contracts
import Inquiry
import JSON
import Loyalty
import ServiceKit

/// `loyalty messages pause CHANNEL|TEMPLATE`: its messages wait until it is resumed; none is lost.
enum MessagesPause: Subcommand {
  static let command = CommandDeclaration(
    "pause",
    summary: "let the messages by a channel, or of a template, wait until `messages resume`; none is lost.",
    arguments: [MessageControlRun.subject], settings: MessageControlRun.settings)

  static func run(_ context: CommandContext) throws -> ExitCode { try MessageControlRun(context).run(pausing: true) }
}

/// `loyalty messages resume CHANNEL|TEMPLATE`: what has waited goes out.
enum MessagesResume: Subcommand {
  static let command = CommandDeclaration(
    "resume", summary: "let the messages go that `messages pause` has stopped.",
    arguments: [MessageControlRun.subject], settings: MessageControlRun.settings)

  static func run(_ context: CommandContext) throws -> ExitCode { try MessageControlRun(context).run(pausing: false) }
}

/// What both do.
struct MessageControlRun {
  static let subject = Setting.text(
    "subject", placeholder: "CHANNEL|TEMPLATE", help: "email, sms, push, or a template such as points-earned.")
  private static let actor = Setting.text("actor", help: "Who decided it.")
  private static let reason = Setting.text("reason", help: "Why.").optional
  static let settings: [any AnySetting] = [actor, reason]

  private let context: CommandContext

  init(_ context: CommandContext) { self.context = context }

  func run(pausing: Bool) throws -> ExitCode {
    let name = context.settings[Self.subject]
    let subject = try subject(name)
    let known = try PublishedControls.read(context.cluster)[subject.key]
    if (known?.isPaused ?? false) == pausing {
      let since = known.map { " since \($0.occurredAt.rfc3339) (\($0.actor))" } ?? ""
      context.tell("\(name) is \(pausing ? "paused" : "not paused")\(since) already", json(known, subject, pausing))
      return .done
    }
    let control = MessageControl(
      subject: subject, isPaused: pausing, actor: context.settings[Self.actor], reason: context.settings[Self.reason],
      occurredAt: Instant(milliseconds: LogOutput.wallClockMs()))
    try publish(control)
    context.tell(
      pausing
        ? "\(name) is paused: its messages wait until `loyalty messages resume \(name)`; what is being sent now is sent"
        : "\(name) goes on: what has waited is sent",
      json(control, subject, pausing))
    return .done
  }

  /// A name that there is not would pause nothing, and nobody would know.
  private func subject(_ name: String) throws -> MessageControl.Subject {
    if let channel = Consent.Channel(rawValue: name) { return .channel(channel) }
    guard MessageControl.templates.contains(name) else {
      let channels = Consent.Channel.allCases.map(\.rawValue).joined(separator: ", ")
      throw ConfigurationError([
        context.settings.problem(
          Self.subject,
          "is no channel (\(channels)) and no template (\(MessageControl.templates.joined(separator: ", ")))")
      ])
    }
    return .template(name)
  }

  private func publish(_ control: MessageControl) throws {
    var writer = JSONWriter()
    control.encode(to: &writer)
    let records = try RecordWriter(context.cluster, topic: .messageControls)
    defer { records.close() }
    try records.write(key: control.subject.key, value: writer)
    try records.finish()
  }

  private func json(_ control: MessageControl?, _ subject: MessageControl.Subject, _ pausing: Bool) -> JSONValue {
    .fields([
      "subject": .string(subject.key), "paused": .bool(pausing), "actor": control.map { .string($0.actor) },
      "reason": control?.reason.map { .string($0) }, "occurredAt": control.map { .instant($0.occurredAt) },
    ])
  }
}
