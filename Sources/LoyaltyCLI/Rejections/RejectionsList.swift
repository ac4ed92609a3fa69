import Contracts
import JSON
import ServiceKit

/// `loyalty rejections list`: what ingest refused lately, a line each.
enum RejectionsList: Subcommand {
  static let code = Setting.text("code", placeholder: "CODE", help: "Only those of this code.").optional
  static let source = Setting.text("source", placeholder: "SOURCE", help: "Only those of this till or shop.").optional
  static let limit = Setting.integer(
    "limit", default: 50, in: 1...100_000, help: "How many of the last ones, a partition.")

  static let command = CommandDeclaration(
    "list", summary: "what transaction-ingest refused lately, and why.", settings: [code, source, limit])

  static func run(_ context: CommandContext) throws -> ExitCode {
    let settings = context.settings
    try checkCode(settings)
    let rejections = try RejectionFilter(code: settings[code], source: settings[source], limit: settings[limit]).read(
      context.cluster)
    if context.wantsJSON {
      context.console.say(.array(rejections.map(\.document)))
      return .done
    }
    guard !rejections.isEmpty else {
      context.console.say("no rejections")
      return .done
    }
    var table = TextTable(["REJECTION", "AT", "SOURCE", "ID", "CODE", "MESSAGE"])
    for rejection in rejections {
      table.add(
        [rejection.name]
          + ["occurredAt", "originalSource", "originalId", "code", "message"].map { rejection.text($0) ?? "?" })
    }
    context.console.say(table.text())
    return .done
  }

  /// A code that there is none of finds nothing, and nobody would know why.
  static func checkCode(_ settings: Settings) throws {
    guard let code = settings[code], ContractViolation.Code(rawValue: code) == nil else { return }
    throw ConfigurationError([settings.problem(Self.code, "is no code of a rejection; docs/rejections.md lists them")])
  }
}
