import Contracts
import ServiceKit

/// `loyalty partners publish FILE`: checks the document of a partner, shows what it changes and publishes it.
enum PartnersPublish: Subcommand {
  static let command = CommandDeclaration(
    "publish",
    summary: "check the document of a partner, naming every error by its JSON path, show what it changes, and publish "
      + "it.",
    arguments: [DocumentFlags.file], settings: DocumentFlags.publishing)

  static func run(_ context: CommandContext) throws -> ExitCode {
    try DocumentCommands<PartnerDocument>.publish(context)
  }
}

/// `loyalty partners check FILE`: whether it is valid.
enum PartnersCheck: Subcommand {
  static let command = CommandDeclaration(
    "check", summary: "whether the document of a partner is valid, every error by its JSON path; needs no broker.",
    arguments: [DocumentFlags.file])

  static func run(_ context: CommandContext) throws -> ExitCode { try DocumentCommands<PartnerDocument>.check(context) }
}

/// `loyalty partners list`: every published version of every partner.
enum PartnersList: Subcommand {
  static let command = CommandDeclaration(
    "list", summary: "every published version of every partner, its interface, and whether it counts.")

  static func run(_ context: CommandContext) throws -> ExitCode {
    try DocumentCommands<PartnerDocument>.list(context, titles: ["ADAPTER", "URL"]) { partner in
      [partner.adapter.rawValue, partner.url]
    }
  }
}

/// `loyalty partners show ID`: the document that counts.
enum PartnersShow: Subcommand {
  static let command = CommandDeclaration(
    "show", summary: "the document of a partner that counts, or one of its versions.", arguments: [DocumentFlags.id])

  static func run(_ context: CommandContext) throws -> ExitCode { try DocumentCommands<PartnerDocument>.show(context) }
}
