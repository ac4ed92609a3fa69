import JSON

/// Makes events of the rows of a CSV file.
struct CSVEvents {
  private let mapping: ColumnMapping
  /// Column index by field; set by the header row.
  private var places: [(field: String, index: Int)] = []
  private var pending: Pending?

  /// An event whose further lines may follow.
  private struct Pending {
    var id: String
    var row: Int
    var values: [String: String]
    var lines: [[String: String]]
  }

  init(_ mapping: ColumnMapping) { self.mapping = mapping }

  /// - Throws: `CommandFailure` where a mapped column is missing.
  mutating func readHeader(_ fields: [String], of name: String) throws {
    places = try mapping.columns.map { column in
      guard let index = fields.firstIndex(where: { Self.trimmed($0) == column.text }) else {
        throw CommandFailure("\(name): has no column named \(column.text), which the mapping file asks for")
      }
      return (column.field, index)
    }
  }

  /// Takes a row; returns the event that it ends: the one before, where this row begins another.
  mutating func take(_ fields: [String], row: Int) -> (row: Int, event: [UInt8])? {
    var values: [String: String] = [:]
    for constant in mapping.constants { values[constant.field] = constant.text }
    for (field, index) in places where index < fields.count {
      let text = Self.trimmed(fields[index])
      if !text.isEmpty { values[field] = text }
    }
    let line = values.filter { $0.key.hasPrefix("line.") }
    let id = values["id"] ?? ""
    if pending?.id == id, !id.isEmpty {
      if !line.isEmpty { pending?.lines.append(line) }
      return nil
    }
    let ended = finish()
    pending = Pending(id: id, row: row, values: values, lines: line.isEmpty ? [] : [line])
    return ended
  }

  /// The last event.
  mutating func finish() -> (row: Int, event: [UInt8])? {
    guard let last = pending.take() else { return nil }
    return (last.row, event(last))
  }

  private func event(_ pending: Pending) -> [UInt8] {
    var writer = JSONWriter()
    writer.beginObject()
    for field in ColumnMapping.eventFields {
      if let text = pending.values[field] { write(field, field, text, to: &writer) }
    }
    writer.key("member")
    let ways = ColumnMapping.memberFields.filter { pending.values[$0] != nil }
    if ways.isEmpty {
      writer.null()
    } else {
      writer.beginObject()
      for way in ways { write(String(way.dropFirst("member.".count)), way, pending.values[way] ?? "", to: &writer) }
      writer.endObject()
    }
    if !pending.lines.isEmpty {
      writer.key("lines")
      writer.beginArray()
      for line in pending.lines {
        writer.beginObject()
        for field in ColumnMapping.lineFields {
          if let text = line[field] { write(String(field.dropFirst("line.".count)), field, text, to: &writer) }
        }
        writer.endObject()
      }
      writer.endArray()
    }
    writer.endObject()
    return writer.bytes
  }

  private func write(_ key: String, _ field: String, _ text: String, to writer: inout JSONWriter) {
    writer.key(key)
    if field == "occurredAt" {
      writer.string(instant(text))
    } else if mapping.decimalComma, ColumnMapping.decimals.contains(field) {
      writer.string(text.filter { $0 != "." && $0 != " " }.replacing(",", with: "."))
    } else {
      writer.string(text)
    }
  }

  /// `2026-11-22 13:04` is read as an RFC 3339 instant with the mapping's offset.
  private func instant(_ text: String) -> String {
    var text = text.replacing(" ", with: "T", maxReplacements: 1)
    guard let time = text.split(separator: "T").dropFirst().first else { return text }
    if time.utf8.count == 5 { text += ":00" }
    let hasOffset = time.contains { "Zz+-".contains($0) }
    return hasOffset ? text : text + mapping.offset
  }

  private static func trimmed(_ text: String) -> String {
    let start = text.drop { $0 == " " || $0 == "\t" || $0 == "\r" }
    return String(start.reversed().drop { $0 == " " || $0 == "\t" || $0 == "\r" }.reversed())
  }
}
