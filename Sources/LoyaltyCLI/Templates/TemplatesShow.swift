import JSON
import Messages
import ServiceKit

/// `loyalty templates show ID`: the document that counts.
enum TemplatesShow: Subcommand {
  static let command = CommandDeclaration(
    "show", summary: "the document of a template that counts, published or shipped: a beginning for one's own.",
    arguments: [TemplateSource.named], settings: TemplateSource.settings)

  static func run(_ context: CommandContext) throws -> ExitCode {
    context.console.say(try TemplateSource(context).value)
    return .done
  }
}
