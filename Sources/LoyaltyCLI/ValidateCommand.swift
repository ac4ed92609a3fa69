import Contracts
import Foundation
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
    func refuse(_ row: Int, _ text: String, _ remedy: String, _ report: JSONValue) {
      bad += 1
      context.console.say(settings[json] ? report.compact : "row \(row): \(text)\n  \(remedy)")
    }
    try file.forEach { row, content in
      do {
        let event = try content.event()
        _ = try check.check(event, isCloudEvent: ReplayKey(ofLine: event).isCloudEvent)
        good += 1
      } catch let violation as ContractViolation {
        refuse(row, "\(violation)", violation.code.remedy, violation.report(row: row))
      } catch let refusal as RowRefusal {
        refuse(row, "\(refusal)", refusal.code.remedy, refusal.report(row: row))
      }
      return true
    }
    context.console.note("\(grouped(Int64(good))) would be taken, \(grouped(Int64(bad))) refused")
    return bad == 0 ? .done : .refused
  }
}
