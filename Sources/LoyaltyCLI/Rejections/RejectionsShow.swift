import ServiceKit

/// `loyalty rejections show PARTITION@OFFSET`: all of one rejection.
enum RejectionsShow: Subcommand {
  static let name = Setting.text(
    "rejection", placeholder: "PARTITION@OFFSET", help: "The rejection, as `rejections list` names it.")

  static let command = ServiceKit.Command(
    "show", summary: "one rejection whole: what to do, and the event with personal data masked.", arguments: [name])

  static func run(_ context: CommandContext) throws -> ExitCode {
    context.console.say(try RejectionFilter.find(context.settings[name], context.cluster).document)
    return .done
  }
}
