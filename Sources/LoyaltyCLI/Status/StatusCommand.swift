import Inquiry
import ServiceKit

/// `loyalty status`: how far each service is behind.
enum StatusCommand: Subcommand {
  private static let json = Setting.toggle("json", help: "As JSON, with the offsets of every partition.")

  static let command = CommandDeclaration(
    "status", summary: "how many records each service has still to read.", settings: [json])

  static func run(_ context: CommandContext) throws -> ExitCode {
    let report = try LagReading.report(context.cluster)
    if context.settings[json] {
      context.console.say(report.json)
    } else {
      context.console.say(report.text)
    }
    return .done
  }
}
