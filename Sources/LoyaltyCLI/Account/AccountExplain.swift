import Inquiry
import ServiceKit

/// `loyalty account explain MEMBER ENTRY`: why an entry says what it says, or what a purchase or command brought.
enum AccountExplain: Subcommand {
  private static let member = Setting.text("member", help: "The member's id.")
  private static let entry = Setting.text(
    "entry",
    help:
      "The entry's id; or its number, as account show lists it; or the id of a purchase, return, activity or command, "
      + "for all that it booked.")
  private static let program = Setting.text(
    "program", placeholder: "ID", help: "The programme, where the entry is named by its number."
  ).optional

  static let command = CommandDeclaration(
    "explain", summary: "the arithmetic of a ledger entry, or of all that a purchase booked, in words and numbers.",
    arguments: [member, entry], settings: [program])

  static func run(_ context: CommandContext) throws -> ExitCode {
    let reader = try TopicReader(context.cluster)
    defer { reader.close() }
    let reading = ExplanationReading(context.cluster, reader, member: context.settings[member])
    let explanations = try reading.explanations(of: context.settings[entry], program: context.settings[program])
    context.tell(explanations.map(\.text).joined(separator: "\n\n"), .array(explanations.map(\.json)))
    return .done
  }
}
