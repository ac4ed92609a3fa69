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

  static let command = CommandDeclaration(
    "list", summary: "every published version of every programme, its status, and whether it is in force.",
    settings: [at])

  static func run(_ context: CommandContext) throws -> ExitCode {
    let documents = try PublishedPrograms.read(context.cluster)
    if context.wantsJSON {
      let values = try documents.sorted { $0.key < $1.key }.map { try JSONValue(parsing: $0.value) }
      context.console.say(.array(values))
      return .done
    }
    let instant = try context.settings.instant(at) ?? Instant(milliseconds: LogOutput.wallClockMs())
    var catalog = ProgramCatalog()
    for (key, bytes) in documents.sorted(by: { $0.key < $1.key }) {
      do throws(ProgramRefused) {
        catalog.insert(try ProgramDocument.decode(bytes))
      } catch {
        context.console.note("\(key) is not valid and no worker uses it: \(error)")
      }
    }
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
