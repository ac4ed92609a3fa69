import JSON

/// A purchase as the rows of a CSV file tell it, by the names of the mapping file.
package struct CSVPurchase: Equatable {
  /// The rows where it begins and where it ends.
  var firstRow: Int
  var lastRow: Int
  /// Fields of the event and of its member.
  var fields: [String: String]
  var lines: [[String: String]] = []
  /// The row of each line.
  var lineRows: [Int] = []
  /// Of its rows. Any of them withholds the purchase as a whole.
  private(set) var refusals: [RowRefusal] = []

  /// Refusals that are held: a purchase may have any number of rows.
  private static let refusalsMax = 1_000

  mutating func refuse(_ refusal: RowRefusal) {
    if refusals.count < Self.refusalsMax { refusals.append(refusal) }
  }

  /// The source and id, which no other purchase has.
  var key: [String?] { [fields["source"], fields["id"]] }

  /// What it says, wherever it stands.
  func saysTheSame(_ hasher: inout Hasher) {
    hasher.combine(fields)
    hasher.combine(lines)
  }

  /// The row and the field, as mapping files call it, of a JSON path such as `$.lines[1].amount`.
  func place(of path: String) -> (row: Int?, field: String) {
    var field = path.dropFirst(path.hasPrefix("$.") ? 2 : 1)
    guard field.hasPrefix("lines["), let end = field.firstIndex(of: "]") else { return (nil, String(field)) }
    let index = Int(field[..<end].dropFirst("lines[".count))
    field = "line" + field[field.index(after: end)...]
    return (index.flatMap { lineRows.indices.contains($0) ? lineRows[$0] : nil }, String(field))
  }
}

/// Writes the event that a purchase of a CSV file is.
struct CSVEventWriter {
  let mapping: ColumnMapping
  private let forms: CSVForms

  init(_ mapping: ColumnMapping) {
    self.mapping = mapping
    forms = CSVForms(decimalComma: mapping.decimalComma, dateOrder: mapping.dateOrder, zone: mapping.zone)
  }

  /// - Parameter replaced: paths of fields that were found wrong before: something harmless stands in for them, so that
  ///   what else is wrong can be found too.
  /// - Returns: the event, and what of the purchase's cells cannot be read. Then the event is for judging only.
  func event(
    _ purchase: CSVPurchase, replacing replaced: Set<String> = []
  ) -> (event: [UInt8], refusals: [RowRefusal]) {
    var event = Event(purchase: purchase, replaced: replaced, mapping: mapping, forms: forms)
    event.write()
    return (event.writer.bytes, event.refusals)
  }

  private struct Event: ~Copyable {
    let purchase: CSVPurchase
    let replaced: Set<String>
    let mapping: ColumnMapping
    let forms: CSVForms
    var writer = JSONWriter()
    var refusals: [RowRefusal] = []

    mutating func write() {
      writer.beginObject()
      for field in ColumnMapping.eventFields { write(field, field, purchase.fields[field], "$.\(field)", nil) }
      writer.key("member")
      let ways = ColumnMapping.memberFields.filter {
        purchase.fields[$0] != nil && !replaced.contains("$.\($0)") && !replaced.contains("$.member")
      }
      if ways.isEmpty { writer.null() } else { writeMember(ways) }
      if !purchase.lines.isEmpty { writeLines() }
      writer.endObject()
    }

    private mutating func writeMember(_ ways: [String]) {
      writer.beginObject()
      for way in ways {
        write(String(way.dropFirst("member.".count)), way, purchase.fields[way], "$.\(way)", nil)
      }
      writer.endObject()
    }

    private mutating func writeLines() {
      writer.key("lines")
      writer.beginArray()
      for (index, line) in purchase.lines.enumerated() {
        writer.beginObject()
        for field in ColumnMapping.lineFields {
          let key = String(field.dropFirst("line.".count))
          write(key, field, line[field], "$.lines[\(index)].\(key)", purchase.lineRows[index])
        }
        writer.endObject()
      }
      writer.endArray()
    }

    /// `row` is that of the line, where the field is one of a line's.
    private mutating func write(_ key: String, _ field: String, _ text: String?, _ path: String, _ row: Int?) {
      guard !replaced.contains(path) else {
        if let text = Self.harmless[field] {
          writer.key(key)
          writer.string(text)
        }
        return
      }
      guard let text else { return }
      writer.key(key)
      if field == "occurredAt" {
        switch forms.instant(text) {
        case .instant(let instant): writer.string(instant)
        case .none(let problem):
          refusals.append(.noMoment(problem, at: path, row: row, column: mapping.column(of: field)))
          writer.string(Self.harmless[field] ?? "")
        }
      } else if ColumnMapping.decimals.contains(field) {
        if let decimal = forms.decimal(text) {
          writer.string(decimal)
        } else {
          refusals.append(.unclearNumber(at: path, row: row, column: mapping.column(of: field)))
          writer.string("0")
        }
      } else {
        writer.string(text)
      }
    }

    /// Of those that some event must carry; others are left out.
    private static let harmless = [
      "type": "purchase.completed", "id": "-", "source": "-", "occurredAt": "2000-01-01T00:00:00Z",
      "currency": CSVEventWriter.standInCurrency, "purchaseId": "-", "line.sku": "-", "line.amount": "0",
    ]
  }

  /// Of three decimals, the most that any currency has.
  static let standInCurrency = "BHD"
}
