import JSON
import Loyalty

/// Makes events of the rows of a CSV file.
struct CSVEvents {
  private let mapping: ColumnMapping
  private let forms: CSVForms
  /// Column index by field; set by the header row.
  private var places: [(field: String, index: Int)] = []
  private var pending: Pending?

  /// An event whose further lines may follow.
  private struct Pending {
    var row: Int
    /// What its rows must agree in: all but the fields of lines.
    var purchase: [String: String]
    var lines: [[String: String]]
    var lineRows: [Int]
    /// All columns of its rows, those without a meaning too: these may number the lines.
    var rows: [[String]: Int]
    /// Refused rows among its own; handed out behind the event, so that row numbers rise.
    var refusals: [(row: Int, refusal: RowRefusal)] = []
  }

  /// What a row came to.
  enum Outcome {
    case event([UInt8], CSVOrigin)
    case refused(RowRefusal)
  }

  typealias Ended = (row: Int, outcome: Outcome)

  init(_ mapping: ColumnMapping) {
    self.mapping = mapping
    forms = CSVForms(decimalComma: mapping.decimalComma, dateOrder: mapping.dateOrder, offset: mapping.offset)
  }

  /// - Throws: `CommandFailure` where a mapped column is missing.
  mutating func readHeader(_ fields: [String], of name: String) throws {
    places = try mapping.columns.map { column in
      guard let index = fields.firstIndex(where: { Self.trimmed($0) == column.text }) else {
        throw CommandFailure("\(name): has no column named \(column.text), which the mapping file asks for")
      }
      return (column.field, index)
    }
  }

  /// Takes a row; returns what it ends: the event before with its refusals, where this row begins another.
  mutating func take(_ fields: [String], row: Int) -> [Ended] {
    var purchase: [String: String] = [:]
    var line: [String: String] = [:]
    for constant in mapping.constants { set(constant.field, constant.text, &purchase, &line) }
    for (field, index) in places where index < fields.count {
      let text = Self.trimmed(fields[index])
      if !text.isEmpty { set(field, text, &purchase, &line) }
    }
    guard pending?.purchase == purchase, purchase["id"] != nil else {
      let ended = finish()
      pending = Pending(
        row: row, purchase: purchase, lines: line.isEmpty ? [] : [line], lineRows: line.isEmpty ? [] : [row],
        rows: [fields: row])
      return ended
    }
    if let earlier = line.isEmpty ? pending?.row : pending?.rows[fields] {
      pending?.refusals.append((row, .repeats(row: earlier)))
    } else if (pending?.lines.count ?? 0) <= Transaction.linesMax {
      // One more than a purchase may have is refused by all its rows; further ones need not be held.
      pending?.lines.append(line)
      pending?.lineRows.append(row)
      pending?.rows[fields] = row
    }
    return []
  }

  /// A row that cannot be read; it ends the event before.
  mutating func refuse(_ refusal: RowRefusal, row: Int) -> [Ended] {
    finish() + [(row, .refused(refusal))]
  }

  /// The last event and its refusals.
  mutating func finish() -> [Ended] {
    guard let last = pending.take() else { return [] }
    return [(last.row, outcome(last))] + last.refusals.map { ($0.row, .refused($0.refusal)) }
  }

  private func set(
    _ field: String, _ text: String, _ purchase: inout [String: String], _ line: inout [String: String]
  ) {
    if field.hasPrefix("line.") { line[field] = text } else { purchase[field] = text }
  }

  private func outcome(_ pending: Pending) -> Outcome {
    do throws(RowRefusal) {
      return .event(try event(pending), CSVOrigin(lineRows: pending.lineRows, columns: mapping.columns))
    } catch {
      return .refused(error)
    }
  }

  private func event(_ pending: Pending) throws(RowRefusal) -> [UInt8] {
    var writer = JSONWriter()
    writer.beginObject()
    for field in ColumnMapping.eventFields {
      if let text = pending.purchase[field] { try write(field, field, text, nil, to: &writer) }
    }
    writer.key("member")
    let ways = ColumnMapping.memberFields.filter { pending.purchase[$0] != nil }
    if ways.isEmpty {
      writer.null()
    } else {
      writer.beginObject()
      for way in ways {
        try write(String(way.dropFirst("member.".count)), way, pending.purchase[way] ?? "", nil, to: &writer)
      }
      writer.endObject()
    }
    if !pending.lines.isEmpty {
      writer.key("lines")
      writer.beginArray()
      for (line, row) in zip(pending.lines, pending.lineRows) {
        writer.beginObject()
        for field in ColumnMapping.lineFields {
          if let text = line[field] {
            try write(String(field.dropFirst("line.".count)), field, text, row, to: &writer)
          }
        }
        writer.endObject()
      }
      writer.endArray()
    }
    writer.endObject()
    return writer.bytes
  }

  /// `row` is that of the line, where the field is one of a line's.
  private func write(
    _ key: String, _ field: String, _ text: String, _ row: Int?, to writer: inout JSONWriter
  ) throws(RowRefusal) {
    writer.key(key)
    if field == "occurredAt" {
      writer.string(forms.instant(text))
    } else if ColumnMapping.decimals.contains(field) {
      guard let decimal = forms.decimal(text) else {
        throw .unclearNumber(row: row, column: mapping.columns.first { $0.field == field }?.text ?? field)
      }
      writer.string(decimal)
    } else {
      writer.string(text)
    }
  }

  private static func trimmed(_ text: String) -> String {
    let start = text.drop { $0 == " " || $0 == "\t" || $0 == "\r" }
    return String(start.reversed().drop { $0 == " " || $0 == "\t" || $0 == "\r" }.reversed())
  }
}
