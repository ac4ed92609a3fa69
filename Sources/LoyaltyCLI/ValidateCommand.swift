import Contracts
import Foundation
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

  static let command = ServiceKit.Command(
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
    var good = 0
    var bad = 0
    try file.forEach { row, event in
      do throws(ContractViolation) {
        _ = try check.check(event, isCloudEvent: ReplayKey(ofLine: event).isCloudEvent)
        good += 1
      } catch {
        bad += 1
        context.console.say(
          settings[json] ? error.report(row: row).compact : "row \(row): \(error)\n  \(error.code.remedy)")
      }
      return true
    }
    context.console.note("\(grouped(Int64(good))) would be taken, \(grouped(Int64(bad))) refused")
    return bad == 0 ? .done : .refused
  }
}
