import Contracts
import Foundation
import JSON
import LoyaltyCLI

/// Files of purchases in a folder of their own, and what is read of them.
struct CSVSample {
  static let mapping = """
    {"delimiter":";","decimalComma":true,"offset":"+07:00",
     "columns":{"id":"Receipt","occurredAt":"Time","member.phone":"Phone","line.sku":"Item","line.quantity":"Qty",
                "line.amount":"Amount","total":"Total"},
     "constants":{"type":"purchase.completed","source":"pos-1","currency":"USD"}}
    """
  static let header = "Receipt;Time;Phone;Item;Qty;Amount;Total;Clerk\n"

  static func row(
    _ id: String, item: String = "A", amount: String = "1", total: String = "", time: String = "2026-11-22 13:04",
    phone: String = "", clerk: String = ""
  ) -> String {
    "\(id);\(time);\(phone);\(item);1;\(amount);\(total);\(clerk)\n"
  }

  static func mapping(_ text: String) throws -> ColumnMapping {
    try ColumnMapping(JSONNode(try JSONValue(parsing: text)))
  }

  static func file(_ name: String, _ bytes: Data) throws -> String {
    let folder = FileManager.default.temporaryDirectory.appending(path: "stampede-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let url = folder.appending(path: name)
    try bytes.write(to: url)
    return url.path
  }

  static func file(_ name: String, _ text: String) throws -> String { try file(name, Data(text.utf8)) }

  /// What a file comes to: events that ingest would take, and what is said of the rest, each with its row.
  struct Reading {
    var taken: [(row: Int, event: String)] = []
    var reports: [RowReport] = []

    /// Such as `4 too-many-cells`.
    var refusals: [String] { reports.map { "\($0.row) \($0.code)" } }

    var ids: [String] { taken.compactMap { try? JSONValue(parsing: $0.event)["id"]?.string } }
  }

  static func read(_ path: String, mapping: String? = mapping) throws -> Reading {
    let file = try PurchaseFile(path, mapping: try mapping.map { try Self.mapping($0) })
    defer { file.close() }
    let check = try PurchaseCheck(programs: [], nowMs: 1_800_000_000_000)
    var reading = Reading()
    try file.forEach { row, content in
      reading.reports += try check.judge(content, row: row) {
        reading.taken.append((row, String(decoding: $0.event, as: UTF8.self)))
      }
      return true
    }
    return reading
  }

  /// Of a CSV file of these rows.
  static func rows(_ rows: String..., mapping: String = mapping) throws -> Reading {
    try read(file("day.csv", header + rows.joined()), mapping: mapping)
  }
}
