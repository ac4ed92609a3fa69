import Contracts
import JSON

/// What is wrong with a row of a file, as result files and `loyalty validate` tell it.
package struct RowReport: Equatable {
  package var row: Int
  /// Of a CSV file: the column that holds, or should hold, what is wrong.
  package var column: String?
  /// The event's own id, where it can be read; masked where it is a phone or an e-mail.
  package var id: String?
  /// First and last row of the purchase that is withheld as a whole, where it has several.
  package var withheld: ClosedRange<Int>?
  package var code: String
  package var path: String
  package var message: String
  package var remedy: String

  /// Of an id, which may be a whole file by accident, so much is repeated.
  private static let idMax = 200

  /// Of whatever the file holds.
  init(_ violation: ContractViolation, _ content: PurchaseFile.Row, row: Int) {
    switch content {
    case .event(let event): self.init(violation, row: row, event: event)
    case .purchase(let purchase, let mapping): self.init(violation, purchase, mapping)
    case .refused(let refusal): self.init(refusal, row: row)
    }
  }

  /// Of a line of a JSON file.
  package init(_ violation: ContractViolation, row: Int, event: UnsafeRawBufferPointer) {
    self.row = row
    id = (try? JSONValue(parsing: Array(event)))?["id"]?.string.map { PersonalText.shown($0).toldWithin(Self.idMax) }
    code = violation.code.rawValue
    path = violation.path
    message = violation.message
    if violation.code == .notUTF8 { message += " It looks like \(TextEncoding.looksLike(event))." }
    remedy = violation.code.remedy
  }

  /// Of a purchase of a CSV file.
  init(_ violation: ContractViolation, _ purchase: CSVPurchase, _ mapping: ColumnMapping) {
    let place = purchase.place(of: violation.path)
    self.init(row: place.row ?? purchase.firstRow, purchase)
    column = mapping.column(of: place.field)
    code = violation.code.rawValue
    path = violation.path
    // The path says where in the event, the column where in the file.
    message =
      switch (column, violation.code) {
      case (nil, _): violation.message
      case (let column?, .missingField): "The column \(column) is empty; every such purchase must fill it."
      case (let column?, _): violation.message.replacing(violation.path, with: "The column \(column)")
      }
    remedy = violation.code.remedy
  }

  init(_ refusal: RowRefusal, _ purchase: CSVPurchase) {
    self.init(row: refusal.row ?? purchase.firstRow, purchase)
    take(refusal)
  }

  /// Of a row that belongs to no purchase.
  init(_ refusal: RowRefusal, row: Int) {
    self.init(row: refusal.row ?? row, nil)
    take(refusal)
  }

  private init(row: Int, _ purchase: CSVPurchase?) {
    self.row = row
    id = purchase?.fields["id"].map { PersonalText.shown($0).toldWithin(Self.idMax) }
    withheld = purchase.flatMap { $0.firstRow < $0.lastRow ? $0.firstRow...$0.lastRow : nil }
    code = ""
    path = "$"
    message = ""
    remedy = ""
  }

  private mutating func take(_ refusal: RowRefusal) {
    column = refusal.column
    code = refusal.code.rawValue
    path = refusal.path
    message = refusal.message
    remedy = refusal.code.remedy
  }

  /// Errors of one purchase that are told at once.
  static let reportsMax = 20

  /// The first of these; the last of them says how many more there are.
  static func capped(_ reports: [RowReport]) -> [RowReport] {
    guard reports.count > reportsMax else { return reports }
    var told = Array(reports.prefix(reportsMax))
    told[reportsMax - 1].message += " \(reports.count - reportsMax) more are wrong in this purchase."
    return told
  }

  package var json: JSONValue {
    var members: [JSONValue.Member] = [.init("row", .number("\(row)"))]
    if let column { members.append(.init("column", .string(column))) }
    if let id { members.append(.init("id", .string(id))) }
    if let withheld {
      members.append(
        .init("withheldRows", .array([.number("\(withheld.lowerBound)"), .number("\(withheld.upperBound)")])))
    }
    return .object(
      members + [
        .init("code", .string(code)), .init("path", .string(path)), .init("message", .string(message)),
        .init("remedy", .string(remedy)),
      ])
  }

  package var text: String {
    let rows = withheld.map { "; rows \($0.lowerBound) to \($0.upperBound) are withheld together" } ?? ""
    return "row \(row)\(column.map { ", column \($0)" } ?? ""): \(code) at \(path): \(message)\n  \(remedy)\(rows)"
  }
}
