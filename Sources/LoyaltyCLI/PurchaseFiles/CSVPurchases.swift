import Contracts
import Loyalty

/// Puts the rows of a CSV file together to purchases: rows that follow each other and agree in all fields of the event
/// and its member.
struct CSVPurchases {
  private let mapping: ColumnMapping
  /// The header's cells, and where among them the mapped columns are.
  private var header: [String] = []
  private var places: [(field: String, index: Int)] = []
  private var pending: Pending?
  /// The row whose quotes were broken before its id, where it came last.
  private var brokenRow: Int?

  /// A purchase whose further lines may follow.
  private struct Pending {
    var purchase: CSVPurchase
    /// Of a row that could be read in part only: what is known of the fields that its rows agree in.
    var isInPart = false
    /// All cells of its rows, those without a meaning too: these may number the lines.
    var rows: [[String]: Int] = [:]
  }

  /// What the rows came to; the number is that of the first one.
  enum Ended {
    case purchase(CSVPurchase)
    case refused(RowRefusal, row: Int)
  }

  /// Of a header, which may be a whole file by accident, so much is repeated.
  private static let headerTextMax = 1_000

  init(_ mapping: ColumnMapping) { self.mapping = mapping }

  /// - Throws: `CommandFailure` where a mapped column is missing, or stands there twice.
  mutating func readHeader(_ cells: [String], of name: String) throws {
    header = cells.map { Self.trimmed($0) }
    places = try mapping.columns.map { column in
      let found = header.indices.filter { header[$0] == column.text }
      guard let index = found.first else {
        // Where there is no header, these are a customer's.
        let names = header.filter { !$0.isEmpty }.map(PersonalText.shown).joined(separator: ", ")
          .toldWithin(Self.headerTextMax)
        throw CommandFailure(
          "\(name): has no column named \(column.text), which the mapping file asks for; between delimiters "
            + "\(mapping.delimiter) it has these: \(names)")
      }
      guard found.count == 1 else {
        throw CommandFailure(
          "\(name): has \(found.count) columns named \(column.text); which one is meant nobody can tell")
      }
      return (column.field, index)
    }
  }

  /// Takes a row; returns what it ends: the purchase before, where this row begins another.
  mutating func take(_ cells: [String], row: Int) -> [Ended] {
    let cells = cells.map { Self.trimmed($0) }
    // What a spreadsheet writes of an empty line.
    guard cells.contains(where: { !$0.isEmpty }) else { return [] }
    guard cells != header else { return finish() + [.refused(.repeatedHeader(row: row), row: row)] }
    let (fields, line) = read(cells)
    if cells.dropFirst(header.count).contains(where: { !$0.isEmpty }) {
      // Which of its cells stand where they belong nobody can tell, but for the id.
      let known = fields.filter { $0.key == "id" }
      return refuse(.tooManyCells(cells.count, columns: header.count, row: row), row: row, known: known)
    }
    guard isOfPending(fields) else {
      let ended = finish()
      begin(CSVPurchase(firstRow: row, lastRow: row, fields: fields), row: row)
      add(line, cells, row: row)
      return ended
    }
    pending?.purchase.fields = fields
    pending?.isInPart = false
    add(line, cells, row: row)
    return []
  }

  /// Takes a row whose quotes are broken.
  ///
  /// - Parameter cells: those before the first that a quote broke.
  mutating func takeBroken(_ cells: [String], row: Int) -> [Ended] {
    let (fields, _) = read(cells.map { Self.trimmed($0) })
    if fields["id"] != nil { return refuse(.brokenQuotes(row: row), row: row, known: fields) }
    // It may belong to the purchase before it or to the one behind it.
    pending?.purchase.refuse(.besideBrokenRow(row))
    let ended = finish()
    brokenRow = row
    return ended + [.refused(.brokenQuotes(row: row), row: row)]
  }

  /// The last purchase.
  mutating func finish() -> [Ended] {
    guard let last = pending.take() else { return [] }
    return [.purchase(last.purchase)]
  }

  private func read(_ cells: [String]) -> (fields: [String: String], line: [String: String]) {
    var fields: [String: String] = [:]
    var line: [String: String] = [:]
    func set(_ field: String, _ text: String) {
      if field.hasPrefix("line.") { line[field] = text } else { fields[field] = text }
    }
    for constant in mapping.constants { set(constant.field, constant.text) }
    for (field, index) in places where index < cells.count && !cells[index].isEmpty { set(field, cells[index]) }
    return (fields, line)
  }

  private func isOfPending(_ fields: [String: String]) -> Bool {
    guard let pending, fields["id"] != nil else { return false }
    guard pending.isInPart else { return pending.purchase.fields == fields }
    return pending.purchase.fields.allSatisfy { fields[$0.key] == $0.value }
  }

  private mutating func begin(_ purchase: CSVPurchase, row: Int, isInPart: Bool = false) {
    pending = Pending(purchase: purchase, isInPart: isInPart)
    if let brokenRow { pending?.purchase.refuse(.besideBrokenRow(brokenRow)) }
    brokenRow = nil
  }

  private mutating func add(_ line: [String: String], _ cells: [String], row: Int) {
    guard var pending else { return }
    defer { self.pending = pending }
    pending.purchase.lastRow = row
    // A purchase without lines is told by one row.
    if let earlier = line.isEmpty && row > pending.purchase.firstRow ? pending.purchase.firstRow : pending.rows[cells] {
      pending.purchase.refuse(.repeats(row: earlier, row: row))
    } else if pending.purchase.lines.count <= Transaction.linesMax {
      // One more than a purchase may have is refused by all its rows; further ones need not be held.
      if !line.isEmpty {
        pending.purchase.lines.append(line)
        pending.purchase.lineRows.append(row)
      }
      pending.rows[cells] = row
    }
  }

  /// Withholds the purchase that the row is of.
  ///
  /// - Parameter known: what can be read of its fields, the id among them.
  private mutating func refuse(_ refusal: RowRefusal, row: Int, known: [String: String]) -> [Ended] {
    guard let id = known["id"] else { return finish() + [.refused(refusal, row: row)] }
    var ended: [Ended] = []
    if pending?.purchase.fields["id"] != id {
      ended = finish()
      begin(CSVPurchase(firstRow: row, lastRow: row, fields: known), row: row, isInPart: true)
    }
    pending?.purchase.lastRow = row
    pending?.purchase.refuse(refusal)
    return ended
  }

  private static func trimmed(_ text: String) -> String {
    func isBlank(_ character: Character) -> Bool { character == " " || character == "\t" || character == "\r" }
    guard let first = text.first, let last = text.last, isBlank(first) || isBlank(last) else { return text }
    let start = text.drop(while: isBlank)
    return String(start.reversed().drop(while: isBlank).reversed())
  }
}
