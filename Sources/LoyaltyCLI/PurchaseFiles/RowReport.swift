import Contracts
import JSON

/// What is wrong with a row of a file, as result files and `loyalty validate` tell it.
package struct RowReport {
  package var row: Int
  /// Of a CSV file: the column that holds, or should hold, what is wrong.
  package var column: String?
  /// The event's own id, where it can be read.
  package var id: String?
  package var code: String
  package var path: String
  package var message: String
  package var remedy: String

  /// Of an event; `row` is that where it begins.
  package init(_ violation: ContractViolation, row: Int, event: UnsafeRawBufferPointer, origin: CSVOrigin?) {
    let place = origin?.place(of: violation.path)
    self.row = place?.row ?? row
    column = place?.column
    id = (try? JSONValue(parsing: Array(event)))?["id"]?.string
    code = violation.code.rawValue
    path = violation.path
    message = violation.message
    remedy = violation.code.remedy
  }

  package init(_ refusal: RowRefusal, row: Int) {
    self.row = refusal.row ?? row
    column = refusal.column
    code = refusal.code.rawValue
    path = "$"
    message = refusal.message
    remedy = refusal.code.remedy
  }

  package var json: JSONValue {
    var members: [JSONValue.Member] = [.init("row", .number("\(row)"))]
    if let column { members.append(.init("column", .string(column))) }
    if let id { members.append(.init("id", .string(id))) }
    return .object(
      members + [
        .init("code", .string(code)), .init("path", .string(path)), .init("message", .string(message)),
        .init("remedy", .string(remedy)),
      ])
  }

  package var text: String {
    "row \(row)\(column.map { ", column \($0)" } ?? ""): \(code) at \(path): \(message)\n  \(remedy)"
  }
}

/// Where the fields of an event stand in the CSV file that it was made of.
package struct CSVOrigin {
  /// The row of each line of the purchase.
  var lineRows: [Int]
  var columns: [ColumnMapping.Field]

  /// The row and the column of a JSON path such as `$.lines[1].amount`; what the path does not say is nil.
  func place(of path: String) -> (row: Int?, column: String?) {
    var field = path.dropFirst(path.hasPrefix("$.") ? 2 : 1)
    var row: Int?
    if field.hasPrefix("lines["), let end = field.firstIndex(of: "]") {
      let index = Int(field[..<end].dropFirst("lines[".count))
      row = index.flatMap { lineRows.indices.contains($0) ? lineRows[$0] : nil }
      field = "line" + field[field.index(after: end)...]
    }
    return (row, columns.first { $0.field == field }?.text)
  }
}
