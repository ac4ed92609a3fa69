import Contracts
import Foundation
import JSON
import Loyalty
import ServiceKit

/// How the columns of a CSV file are called, as a mapping file says:
///
///     {"delimiter":";","decimalComma":true,"timeZone":"Asia/Ho_Chi_Minh",
///      "columns":{"id":"Receipt","occurredAt":"Time","member.phone":"Phone","line.sku":"Item","line.amount":"Amount"},
///      "constants":{"type":"purchase.completed","source":"pos-hcm-07","currency":"VND"}}
///
/// A field is one of an event (`id`, `total`, …), of its member (`member.phone`) or of a line (`line.sku`). Rows that
/// follow each other and have the same id are the lines of one purchase.
package struct ColumnMapping: Equatable {
  package var columns: [Field]
  package var constants: [Field]
  package var delimiter: Character = ","
  /// Amounts are written as 1.234,50.
  package var decimalComma = false
  /// How dates are written: `dmy` is 22/11/2026.
  package var dateOrder = DateOrder.ymd
  /// Of times without an offset. It has no default: a file whose times are read in a wrong zone looks right.
  package var zone: Zone
  /// A purchase's total may differ by so much from what its lines come to: tills round what is paid in cash.
  package var totalWithin = ExactDecimal.zero

  package enum DateOrder: String, CaseIterable { case ymd, dmy, mdy }

  package enum Zone: Equatable {
    case offset(String)
    /// A time zone with its summer time.
    case place(ZoneCalendar)
  }

  package struct Field: Equatable {
    package var field: String
    /// The column's name, or the constant's value.
    package var text: String
  }

  static let eventFields = [
    "type", "id", "occurredAt", "source", "programId", "currency", "store", "channel", "discount", "shipping", "tax",
    "total", "purchaseId", "refund",
  ]
  static let memberFields = ["member.id", "member.card", "member.phone", "member.email"]
  static let lineFields = [
    "line.sku", "line.lineId", "line.category", "line.brand", "line.quantity", "line.amount", "line.discount",
    "line.tax",
    "line.tender",
  ]
  static let decimals: Set<String> = [
    "discount", "shipping", "tax", "total", "refund", "line.quantity", "line.amount", "line.discount", "line.tax",
  ]

  package init(file path: String) throws {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw CommandFailure("\(TerminalText.name(path)): cannot be read")
    }
    do {
      try self.init(JSONNode(try JSONValue(parsing: Array(data))))
    } catch let error as JSONError {
      throw CommandFailure("\(TerminalText.name(path)), \(error.path): is not JSON: \(error.message)")
    } catch let refusal as Refusal {
      throw CommandFailure("\(TerminalText.name(path)), \(refusal.path): \(refusal.problem)")
    }
  }

  private struct Refusal: Error {
    var path: String
    var problem: String
  }

  package init(_ node: JSONNode) throws {
    columns = []
    constants = []
    zone = try Self.zone(node)
    guard let members = node.members else { throw Refusal(path: "$", problem: "must be an object") }
    for (key, value) in members {
      switch key {
      case "columns": columns = try Self.fields(value)
      case "constants": constants = try Self.fields(value)
      case "delimiter":
        guard let text = value.string, text.count == 1 else {
          throw Refusal(path: value.path, problem: "must be one character")
        }
        delimiter = text[text.startIndex]
      case "decimalComma":
        guard let flag = value.bool else { throw Refusal(path: value.path, problem: "must be true or false") }
        decimalComma = flag
      case "dateOrder":
        guard let order = value.string.flatMap(DateOrder.init) else {
          throw Refusal(path: value.path, problem: "must be one of ymd, dmy, mdy")
        }
        dateOrder = order
      case "totalWithin":
        guard let amount = (value.string ?? value.number).flatMap({ ExactDecimal($0) }), !amount.isNegative else {
          throw Refusal(path: value.path, problem: "must be an amount such as 0.05")
        }
        totalWithin = amount
      case "offset", "timeZone": break
      default: throw Refusal(path: value.path, problem: "is not a field of a mapping file")
      }
    }
    guard (columns + constants).contains(where: { $0.field == "id" }) else {
      throw Refusal(path: "$.columns.id", problem: "is missing: without an id nobody can tell a row sent twice")
    }
  }

  /// The column of the file that a field stands in; nil where it is a constant, or in none.
  func column(of field: String) -> String? { columns.first { $0.field == field }?.text }

  private static func zone(_ node: JSONNode) throws -> Zone {
    switch (node["offset"], node["timeZone"]) {
    case (let offset?, nil):
      guard let text = offset.string, Instant(rfc3339: "2026-01-01T00:00:00" + text) != nil else {
        throw Refusal(path: offset.path, problem: "must be Z or an offset such as +07:00")
      }
      return .offset(text)
    case (nil, let place?):
      guard let calendar = place.string.flatMap({ ZoneCalendar(identifier: $0) }) else {
        throw Refusal(
          path: place.path, problem: "must name a time zone of the IANA database, such as Asia/Ho_Chi_Minh")
      }
      return .place(calendar)
    case (nil, nil):
      throw Refusal(
        path: "$.timeZone",
        problem:
          "is missing: let timeZone (Europe/Berlin, with its summer time) or offset (+07:00) say which times the "
          + "file means where they have no offset of their own")
    case (_?, let place?): throw Refusal(path: place.path, problem: "cannot stand beside offset")
    }
  }

  private static func fields(_ node: JSONNode) throws -> [Field] {
    guard let members = node.members else { throw Refusal(path: node.path, problem: "must be an object of texts") }
    let known = eventFields + memberFields + lineFields
    return try members.map { key, value in
      guard known.contains(key) else {
        throw Refusal(path: value.path, problem: "is not one of \(known.joined(separator: ", "))")
      }
      guard let text = value.string else { throw Refusal(path: value.path, problem: "must be a text") }
      return Field(field: key, text: text)
    }
  }
}
