import Contracts
import JSON
import Loyalty
import ServiceKit

/// `loyalty programs list`: every published version of every programme.
enum ProgramsList: Subcommand {
  private static let json = Setting.toggle("json", help: "The documents themselves, as a JSON array.")

  static let command = ServiceKit.Command(
    "list", summary: "every published version of every programme.", settings: [json])

  static func run(_ context: CommandContext) throws -> ExitCode {
    let documents = try PublishedPrograms.read(context.cluster)
    if context.settings[json] {
      let values = try documents.sorted { $0.key < $1.key }.map { try JSONValue(parsing: $0.value) }
      context.console.say(.array(values))
      return .done
    }
    var programs: [Program] = []
    for (key, bytes) in documents.sorted(by: { $0.key < $1.key }) {
      do throws(ProgramRefused) {
        programs.append(try ProgramDocument.decode(bytes))
      } catch {
        context.console.note("\(key) is not valid and no worker uses it: \(error)")
      }
    }
    guard !programs.isEmpty else {
      context.console.say("No programme is published. `loyalty programs publish FILE` does that")
      return .done
    }
    var table = TextTable(["PROGRAMME", "VERSION", "STATUS", "IN FORCE FROM", "CURRENCIES", "NAME"], rightAligned: [1])
    for program in programs.sorted(by: { ($0.id, $0.version) < ($1.id, $1.version) }) {
      table.add([
        program.id, "\(program.version)", program.status.rawValue, program.effectiveFrom.rfc3339,
        program.currencies.map(\.code).joined(separator: " "), program.name,
      ])
    }
    context.console.say(table.text())
    return .done
  }
}
