/// Splits comma-separated values (RFC 4180) into fields: quotes around a field, doubled inside it. A quoted field may
/// go on in the next line, so its state outlives a line and each byte is looked at once.
struct CSVRowParser {
  private let delimiter: [UInt8]
  private var fields: [String] = []
  private var field: [UInt8] = []
  private var place = Place.fieldBegin

  enum Step: Equatable {
    case row([String])
    /// A quoted field goes on in the next line.
    case goesOn
    /// Something stands behind a closing quote: one of the two quotes does not belong there.
    case broken
  }

  private enum Place {
    case fieldBegin, plain, quoted
    /// Behind a quote in a quoted field: the first of two, or the closing one.
    case behindQuote
    /// Behind a closing quote and white space.
    case closed
  }

  private static let quote = UInt8(ascii: "\"")

  init(delimiter: Character) { self.delimiter = Array(delimiter.utf8) }

  /// Forgets a row that is not at its end.
  mutating func reset() {
    fields = []
    field = []
    place = .fieldBegin
  }

  /// Takes a line without its line end. After `broken` it must be reset.
  mutating func take(_ line: [UInt8]) -> Step {
    var index = 0
    while index < line.count {
      let byte = line[index]
      if place != .quoted, byte == delimiter[0], line[index...].starts(with: delimiter) {
        endField()
        index += delimiter.count
        continue
      }
      switch (place, byte) {
      case (.quoted, Self.quote): place = .behindQuote
      case (.fieldBegin, Self.quote): place = .quoted
      case (.behindQuote, Self.quote):
        field.append(byte)
        place = .quoted
      case (.behindQuote, 0x20), (.behindQuote, 0x09), (.behindQuote, 0x0D): place = .closed
      case (.closed, 0x20), (.closed, 0x09), (.closed, 0x0D): break
      case (.behindQuote, _), (.closed, _): return .broken
      case (.fieldBegin, _), (.plain, _):
        field.append(byte)
        place = .plain
      case (.quoted, _): field.append(byte)
      }
      index += 1
    }
    guard place != .quoted else {
      field.append(0x0A)
      return .goesOn
    }
    endField()
    defer { reset() }
    return .row(fields)
  }

  /// The fields that stand whole in a line before the one whose quotes do not fit, or that goes on behind the line.
  func fieldsBeforeBreak(in line: [UInt8]) -> [String] {
    var parser = self
    parser.reset()
    guard case .row(let fields) = parser.take(line) else { return parser.fields }
    return fields
  }

  private mutating func endField() {
    fields.append(String(decoding: field, as: UTF8.self))
    field.removeAll(keepingCapacity: true)
    place = .fieldBegin
  }
}
