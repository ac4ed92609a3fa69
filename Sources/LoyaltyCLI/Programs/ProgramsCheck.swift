import Inquiry
import JSON
import ServiceKit

/// `loyalty programs check FILE`: whether a programme document is one.
enum ProgramsCheck: Subcommand {
  static let command = CommandDeclaration(
    "check", summary: "whether a programme document is valid, every error by its JSON path; needs no broker.",
    arguments: [ProgramFile.file])

  static func run(_ context: CommandContext) throws -> ExitCode {
    let path = context.settings[ProgramFile.file]
    let program = try ProgramFile(path, verb: "valid").program
    context.tell(
      "\(TerminalText.name(path)) is valid: \(program.name) (\(program.id), version \(program.version))",
      .fields(["programId": .string(program.id), "version": .count(program.version), "valid": .bool(true)]))
    return .done
  }
}
