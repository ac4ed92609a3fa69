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

  static let command = CommandDeclaration(
    "validate", summary: "what transaction-ingest would say of the purchases in a file; needs no broker.",
    arguments: [file], settings: [mapping, programs])

  static func run(_ context: CommandContext) throws -> ExitCode {
    let settings = context.settings
    let documents = try (settings[programs] ?? "").split(separator: ",").map { path in
      guard let data = FileManager.default.contents(atPath: String(path)) else {
        throw CommandFailure("\(TerminalText.name(String(path))): cannot be read")
      }
      return Array(data)
    }
    let check = try PurchaseCheck(programs: documents, nowMs: LogOutput.wallClockMs())
    let file = try PurchaseFile(settings[file], mapping: settings[mapping].map { try ColumnMapping(file: $0) })
    defer { file.close() }
    let duplicates = FileDuplicates()
    var (taken, repeated, refused) = (0, 0, 0)
    var example: String?
    try file.forEach { row, content in
      var reports: [RowReport]
      do {
        reports = try check.judge(content, row: row) { purchase in
          if try duplicates.hasSeen(purchase.received) { repeated += 1 } else { taken += 1 }
          if example == nil { example = PurchaseWords.describe(purchase.received) }
        }
      } catch let violation as ContractViolation {
        reports = [RowReport(violation, content, row: row)]
      }
      if !reports.isEmpty { refused += 1 }
      for report in reports { context.console.say(context.wantsJSON ? report.json.compact : report.text) }
      return true
    }
    if let example {
      let text = "The first of them, as understood:\n\(example)"
      if context.wantsJSON { context.console.note(text) } else { context.console.say(text) }
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
