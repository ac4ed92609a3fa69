import JSON
import ServiceKit

/// `loyalty manual`: all commands as a page of Markdown.
enum ManualCommand: Subcommand {
  static let command = CommandDeclaration(
    "manual", summary: "print every command and its settings as Markdown; needs no broker.")

  static func run(_ context: CommandContext) throws -> ExitCode {
    let page = CommandPage(of: LoyaltyCommand.root).text
    context.tell(String(page.dropLast()), .string(page))
    return .done
  }
}
