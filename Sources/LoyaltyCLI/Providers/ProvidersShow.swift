import JSON
import Providers
import ServiceKit

/// `loyalty providers show [NAME]`: a shipped document as it is, to be used or to be copied and changed.
enum ProvidersShow: Subcommand {
  private static let name = Setting.text("name", help: "The document; left out: their names.").optional

  static let command = CommandDeclaration(
    "show", summary: "print the document of a provider that the programs bring along; needs no broker.",
    arguments: [name])

  static func run(_ context: CommandContext) throws -> ExitCode {
    guard let wanted = context.settings[name] else {
      var table = TextTable(["NAME", "PROVIDER"])
      for (name, _) in ShippedProviders.texts {
        if let document = try ShippedProviders.document(name) { table.add([name, document.title]) }
      }
      context.tell(table.text(), .array(ShippedProviders.names.map { .string($0) }))
      return .done
    }
    guard let text = ShippedProviders.texts.first(where: { $0.name == wanted })?.text else {
      throw ConfigurationError([
        context.settings.problem(name, "is none of \(ShippedProviders.names.joined(separator: ", "))")
      ])
    }
    let document = try JSONValue(parsing: text)
    context.tell(text, document)
    return .done
  }
}
