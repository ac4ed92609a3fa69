import Contracts
import Loyalty
import ServiceKit

/// `loyalty account explain MEMBER ENTRY`: why an entry says what it says.
enum AccountExplain: Subcommand {
  private static let member = Setting.text("member", help: "The member's id.")
  private static let entry = Setting.text(
    "entry", help: "The entry's id; or its number, as account show lists it, together with --program.")
  private static let program = Setting.text(
    "program", placeholder: "ID", help: "The programme, where the entry is named by its number."
  ).optional

  static let command = ServiceKit.Command(
    "explain", summary: "the arithmetic of a ledger entry, in words and numbers.", arguments: [member, entry],
    settings: [program])

  static func run(_ context: CommandContext) throws -> ExitCode {
    let (of, wanted, programId) = (context.settings[member], context.settings[entry], context.settings[program])
    let reader = try TopicReader(context.cluster)
    defer { reader.close() }
    let entries = try AccountReading(context.cluster, reader, member: of).allEntries()
    let found = entries.filter { names($0, wanted, program: programId) }
    guard let first = found.first else {
      throw CommandFailure("\(of) has no entry \(wanted) on loyalty.ledger")
    }
    guard found.count == 1 else {
      let programs = found.map(\.programId).joined(separator: ", ")
      throw CommandFailure("\(of) has an entry \(wanted) in each of \(programs): name one with --program")
    }
    let key = RecordKey.program(first.programId, version: first.programVersion)
    let version = try PublishedPrograms.read(context.cluster)[key].map { try ProgramDocument.decode($0) }
    let history = entries.filter { $0.programId == first.programId && $0.sequence <= first.sequence }
    context.console.say(EntryExplanation(entry: first, program: version, history: history).text)
    return .done
  }

  private static func names(_ candidate: LedgerEntry, _ wanted: String, program: String?) -> Bool {
    guard program == nil || program == candidate.programId else { return false }
    return candidate.id == wanted || Int64(wanted) == candidate.sequence
  }
}
