import Inquiry
import ServiceKit

/// `loyalty status`: how far each service is behind.
enum StatusCommand: Subcommand {
  static let command = CommandDeclaration(
    "status", summary: "how many records each service has still to read.")

  static func run(_ context: CommandContext) throws -> ExitCode {
    let report = try LagReading.report(context.cluster)
    context.tell(report.text, report.json)
    return .done
  }
}
