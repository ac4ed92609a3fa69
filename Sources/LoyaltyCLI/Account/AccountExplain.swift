import Contracts
import Loyalty
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

  static let command = ServiceKit.Command(
    "explain", summary: "the arithmetic of a ledger entry, or of all that a purchase booked, in words and numbers.",
    arguments: [member, entry], settings: [program])

  static func run(_ context: CommandContext) throws -> ExitCode {
    let (of, wanted, programId) = (context.settings[member], context.settings[entry], context.settings[program])
    let reader = try TopicReader(context.cluster)
    defer { reader.close() }
    let entries = try AccountReading(context.cluster, reader, member: of).allEntries()
    let found = try chosen(entries, wanted, of, program: programId)
    let published = try PublishedPrograms.read(context.cluster)
    let explanations = try found.map { entry in
      let key = RecordKey.program(entry.programId, version: entry.programVersion)
      let version = try published[key].map { try ProgramDocument.decode($0) }
      let history = entries.filter { $0.programId == entry.programId && $0.sequence <= entry.sequence }
      return EntryExplanation(entry: entry, program: version, history: history).text
    }
    context.console.say(explanations.joined(separator: "\n\n"))
    return .done
  }

  /// The one entry that is named, or all of a cause.
  private static func chosen(_ entries: [LedgerEntry], _ wanted: String, _ member: String, program: String?) throws
    -> [LedgerEntry]
  {
    let named = entries.filter { names($0, wanted, program: program) }
    if named.count > 1 {
      let programs = named.map(\.programId).joined(separator: ", ")
      throw CommandFailure("\(member) has an entry \(wanted) in each of \(programs): name one with --program")
    }
    let found = named.isEmpty ? entries.filter { isOf($0, wanted, program: program) } : named
    guard !found.isEmpty else {
      throw CommandFailure(
        "\(member) has no entry \(wanted) on loyalty.ledger, and nothing of that id booked one. What a purchase that "
          + "earns nothing lacks, `loyalty simulate --member \(member)` shows")
    }
    return found
  }

  private static func isOf(_ candidate: LedgerEntry, _ cause: String, program: String?) -> Bool {
    guard program == nil || program == candidate.programId else { return false }
    return candidate.cause == cause || candidate.purchase.flatMap { Lot.purchase(of: $0)?.purchaseId } == cause
  }

  private static func names(_ candidate: LedgerEntry, _ wanted: String, program: String?) -> Bool {
    guard program == nil || program == candidate.programId else { return false }
    return candidate.id == wanted || Int64(wanted) == candidate.sequence
  }
}
