import Contracts

/// The events of a file, one at a time: JSON lines, or CSV where there is a mapping; UTF-8 with or without byte order
/// mark, gzip or not. One thread; close it.
package final class PurchaseFile {
  private let lines: LineSource
  private var csv: CSVEvents?
  private var rows: CSVRows
  private var hasHeader = false

  /// What a row comes to; the bytes are valid while they are lent.
  package enum Row {
    case event(UnsafeRawBufferPointer, CSVOrigin?)
    case refused(RowRefusal)
  }

  private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]
  /// What a spreadsheet writes as "Unicode text".
  private static let utf16Marks: [[UInt8]] = [[0xFF, 0xFE], [0xFE, 0xFF]]

  /// - Parameters:
  ///   - mapping: nil where a file is JSON lines; a file named *.csv needs one.
  ///   - isTrusted: false where somebody else chose what stands under that name: it must be a regular file, not a link.
  package init(_ path: String, mapping: ColumnMapping?, isTrusted: Bool = true) throws {
    let isCSV = path.hasSuffix(".csv") || path.hasSuffix(".csv.gz")
    if isCSV, mapping == nil {
      throw CommandFailure("\(path): --mapping must say what its columns mean")
    }
    rows = CSVRows(delimiter: mapping?.delimiter ?? ",")
    csv = isCSV ? mapping.map { CSVEvents($0) } : nil
    lines = try LineSource(path, isTrusted: isTrusted)
  }

  /// Of the open file as it is now, whatever stands under its name; nil where it is not a regular one.
  package var identity: FileIdentity? { lines.identity }

  package func close() { lines.close() }

  /// Lends every event, and every row that makes none, with the number of the row where it begins, until `body` says
  /// stop. The numbers rise.
  package func forEach(_ body: (_ row: Int, _ content: Row) throws -> Bool) throws {
    var goesOn = true
    while goesOn {
      var ended: [CSVEvents.Ended] = []
      let more = try lines.next { line in
        var line = line
        if lines.lineNumber == 1, Self.utf16Marks.contains(where: { line.starts(with: $0) }) {
          throw CommandFailure("\(lines.name): is UTF-16; save it as UTF-8", isOfInput: true)
        }
        if lines.lineNumber == 1, line.starts(with: Self.byteOrderMark) {
          line = UnsafeRawBufferPointer(rebasing: line[Self.byteOrderMark.count...])
        }
        guard csv != nil else {
          goesOn = try body(lines.lineNumber, .event(line, nil))
          return
        }
        ended = try take(rows.take(Array(line), number: lines.lineNumber))
      }
      goesOn = try goesOn && lend(ended, body)
      guard more else { break }
    }
    guard goesOn, csv != nil else { return }
    let last = try take(rows.finish())
    _ = try lend(last + (csv?.finish() ?? []), body)
  }

  private func lend(_ ended: [CSVEvents.Ended], _ body: (_ row: Int, _ content: Row) throws -> Bool) throws -> Bool {
    for (row, outcome) in ended {
      let goesOn =
        switch outcome {
        case .event(let event, let origin): try event.withUnsafeBytes { try body(row, .event($0, origin)) }
        case .refused(let refusal): try body(row, .refused(refusal))
        }
      guard goesOn else { return false }
    }
    return true
  }

  private func take(_ rows: [CSVRows.Row]) throws -> [CSVEvents.Ended] {
    var ended: [CSVEvents.Ended] = []
    for row in rows {
      if !hasHeader {
        guard let names = row.fields else {
          throw CommandFailure("\(lines.name), line \(row.number): the quotes of the header are broken")
        }
        try csv?.readHeader(names, of: lines.name)
        hasHeader = true
      } else if let fields = row.fields {
        ended += csv?.take(fields, row: row.number) ?? []
      } else {
        ended += csv?.refuse(.brokenQuotes, row: row.number) ?? []
      }
    }
    return ended
  }
}
