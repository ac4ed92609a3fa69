import Inquiry
import JSON
import ServiceKit

/// `loyalty programs show FILE`: what a programme document promises, in words.
enum ProgramsShow: Subcommand {
  static let command = CommandDeclaration(
    "show", summary: "what a programme document promises, in words; needs no broker.", arguments: [ProgramFile.file])

  static func run(_ context: CommandContext) throws -> ExitCode {
    let words = ProgramWords(try ProgramFile(context.settings[ProgramFile.file], verb: "valid").program)
    context.tell(words.text, words.json)
    return .done
  }
}

extension ProgramWords {
  /// The title, and a line a row.
  var text: String {
    let width = rows.map(\.name.count).max() ?? 0
    let lines = rows.map { name, words in
      "  " + name + String(repeating: " ", count: width - name.count + 2) + words
    }
    return ([title] + lines).joined(separator: "\n")
  }

  var json: JSONValue {
    .fields([
      "title": .string(title),
      "words": .array(rows.map { .fields(["name": .string($0.name), "words": .string($0.words)]) }),
    ])
  }
}
