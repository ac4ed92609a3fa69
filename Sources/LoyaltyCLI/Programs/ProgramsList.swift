import Contracts
import Inquiry
import JSON
import Loyalty
import ServiceKit

/// `loyalty programs list`: every published version of every programme.
enum ProgramsList: Subcommand {
  private static let at = Setting.text(
    "at", placeholder: "INSTANT", help: "What is in force then, RFC 3339; now if left out."
  ).optional

  /// Of a record's key so much is told.
  private static let keyMax = 200

  static let command = CommandDeclaration(
    "list", summary: "every published version of every programme, its status, and whether it is in force.",
    settings: [at])

  static func run(_ context: CommandContext) throws -> ExitCode {
    let documents = try PublishedPrograms.read(context.cluster)
    let (catalog, refused) = PublishedPrograms.valid(documents)
    for (key, errors) in refused.sorted(by: { $0.key < $1.key }) {
      context.console.note("\(key.toldWithin(Self.keyMax)) is not valid and no worker uses it: \(errors)")
    }
    for (id, count) in catalog.leftOut.sorted(by: { $0.key < $1.key }) {
      context.console.note(
        "\(id) has \(count) versions more than \(ProgramCatalog.versionsMax): no worker uses those with the highest numbers"
      )
    }
    if context.wantsJSON {
      // What is no JSON cannot stand in it; a document that breaks another rule does.
      let values = documents.sorted { $0.key < $1.key }.compactMap { try? JSONValue(parsing: $0.value) }
      context.console.say(.array(values))
      return .done
    }
    let instant = try context.settings.instant(at) ?? Instant(milliseconds: LogOutput.wallClockMs())
    guard !catalog.isEmpty else {
      context.console.say("No programme is published. `loyalty programs publish FILE` does that")
      return .done
    }
    var table = TextTable(
      ["PROGRAMME", "VERSION", "STATUS", "FROM", "IN FORCE", "CURRENCIES", "NAME"], rightAligned: [1])
    for program in catalog.programIds.flatMap({ catalog.versions(of: $0) }) {
      table.add([
        program.id, "\(program.version)", program.status.rawValue, program.effectiveFrom.rfc3339,
        ProgramForce(of: program, in: catalog, at: instant).text, program.currencies.map(\.code).joined(separator: " "),
        program.name,
      ])
    }
    context.console.say(table.text())
    return .done
  }
}
