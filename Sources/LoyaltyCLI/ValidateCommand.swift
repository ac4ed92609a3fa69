import Contracts
import Foundation
import Inquiry
import JSON
import ServiceKit

/// `loyalty validate FILE`: what ingest would say of each purchase in a file, offline.
enum ValidateCommand: Subcommand {
  private static let file = Setting.path(
    "file", help: "Purchases as JSON lines or CSV, gzip too; - is standard input (JSON lines).")
  static let mapping = Setting.path("mapping", help: "For CSV: what the columns mean, JSON.").optional
  private static let programs = Setting.text(
    "programs", placeholder: "FILE,…", help: "Programme documents by which programmes and currencies are judged."
  ).optional
  private static let json = Setting.toggle("json", help: "A JSON object a refused row.")

  static let command = CommandDeclaration(
    "validate", summary: "what transaction-ingest would say of the purchases in a file; needs no broker.",
    arguments: [file], settings: [mapping, programs, json])

  static func run(_ context: CommandContext) throws -> ExitCode {
    let settings = context.settings
    let documents = try (settings[programs] ?? "").split(separator: ",").map { path in
      guard let data = FileManager.default.contents(atPath: String(path)) else {
        throw CommandFailure("\(path): cannot be read")
      }
      return Array(data)
    }
    let check = try PurchaseCheck(programs: documents, nowMs: LogOutput.wallClockMs())
    let file = try PurchaseFile(settings[file], mapping: settings[mapping].map { try ColumnMapping(file: $0) })
    defer { file.close() }
    let duplicates = FileDuplicates()
    var (taken, repeated, refused) = (0, 0, 0)
    func refuse(_ report: RowReport) {
      refused += 1
      context.console.say(settings[json] ? report.json.compact : report.text)
    }
    try file.forEach { row, content in
      switch content {
      case .refused(let refusal): refuse(RowReport(refusal, row: row))
      case .event(let event, let origin):
        do throws(ContractViolation) {
          let received = try check.receive(event, isCloudEvent: ReplayKey(ofLine: event).isCloudEvent)
          if try duplicates.hasSeen(received) { repeated += 1 } else { taken += 1 }
        } catch {
          refuse(RowReport(error, row: row, event: event, origin: origin))
        }
      }
      return true
    }
    let counts = [(taken, "would be taken"), (repeated, "dropped as duplicates"), (refused, "refused")]
    context.console.note(counts.map { "\(grouped(Int64($0))) \($1)" }.joined(separator: ", "))
    if documents.isEmpty {
      context.console.note(
        "Whether a programme takes them was not asked: --programs FILE,… names the documents")
    }
    if duplicates.isFull {
      context.console.note("Duplicates were looked for among \(grouped(Int64(FileDuplicates.eventsMax))) events only")
    }
    return refused == 0 ? .done : .refused
  }
}
