/// Puts the lines of a CSV file together to rows.
///
/// A quote that is never closed must not swallow what follows: past so many lines, where the quotes do not fit together
/// or at the end of the file, the row that began it is refused, and the line behind its first one begins a new row.
struct CSVRows {
  private var parser: CSVRowParser
  /// The lines of the row that is not at its end.
  private var held: [Line] = []
  private var heldBytes = 0
  /// How many the header has.
  private var columns: Int?

  struct Row: Equatable {
    /// Of the line where it begins, from 1.
    var number: Int
    var fields: [String]
    /// Its quotes are broken; the fields are those before.
    var isBroken = false
  }

  private struct Line {
    var number: Int
    var bytes: [UInt8]
  }

  /// A row may have so many lines.
  static let linesMax = 100
  /// And so many bytes; a purchase takes less.
  static let bytesMax = 1 << 20

  init(delimiter: Character) { parser = CSVRowParser(delimiter: delimiter) }

  /// Takes the next line without its line end; returns the rows that end with it, in their order.
  mutating func take(_ line: [UInt8], number: Int) -> [Row] { take([Line(number: number, bytes: line)]) }

  /// What is left behind the last line.
  mutating func finish() -> [Row] {
    var rows: [Row] = []
    while let first = held.first {
      rows.append(broken(first))
      rows += take(giveUp())
    }
    return rows
  }

  private mutating func take(_ lines: [Line]) -> [Row] {
    var rows: [Row] = []
    var waiting = lines[...]
    while let line = waiting.popFirst() {
      held.append(line)
      heldBytes += line.bytes.count
      switch parser.take(line.bytes) {
      case .goesOn where held.count < Self.linesMax && heldBytes < Self.bytesMax: continue
      // Of several lines but without the header's columns: a stray quote found another one.
      case .row(let fields) where held.count == 1 || columns == nil || fields.count == columns:
        rows.append(Row(number: held[0].number, fields: fields))
        if columns == nil { columns = fields.count }
        forget()
      case .row, .goesOn, .broken:
        rows.append(broken(held[0]))
        waiting = giveUp()[...] + waiting
      }
    }
    return rows
  }

  private func broken(_ line: Line) -> Row {
    Row(number: line.number, fields: parser.fieldsBeforeBreak(in: line.bytes), isBroken: true)
  }

  /// The lines behind the first one of the row that is not at its end.
  private mutating func giveUp() -> [Line] {
    defer { forget() }
    return Array(held.dropFirst())
  }

  private mutating func forget() {
    parser.reset()
    held = []
    heldBytes = 0
  }
}
