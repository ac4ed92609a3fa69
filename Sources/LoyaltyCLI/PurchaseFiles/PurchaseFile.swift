import Contracts

/// The events of a file, one at a time: JSON lines, or CSV where there is a mapping; UTF-8 with or without byte order mark,
/// gzip or not. One thread; close it.
final class PurchaseFile {
  private let lines: LineSource
  private var csv: CSVEvents?
  private let delimiter: Character
  private var hasHeader = false
  private var unfinished = ""
  private var unfinishedRow = 0

  private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

  /// - Parameter mapping: nil where a file is JSON lines; a file named *.csv needs one.
  init(_ path: String, mapping: ColumnMapping?) throws {
    let isCSV = path.hasSuffix(".csv") || path.hasSuffix(".csv.gz")
    if isCSV, mapping == nil {
      throw CommandFailure("\(path): --mapping must say what its columns mean")
    }
    delimiter = mapping?.delimiter ?? ","
    csv = isCSV ? mapping.map { CSVEvents($0) } : nil
    lines = try LineSource(path)
  }

  /// How many lines it has; nil where finding out would cost too much.
  func countLines() throws -> Int? { try lines.count() }

  func close() { lines.close() }

  /// Lends every event with the number of the row where it begins, until `body` says stop.
  func forEach(_ body: (_ row: Int, _ event: UnsafeRawBufferPointer) throws -> Bool) throws {
    var goesOn = true
    while goesOn {
      var ended: (row: Int, event: [UInt8])?
      let more = try lines.next { line in
        var line = line
        if lines.lineNumber == 1, line.starts(with: Self.byteOrderMark) {
          line = UnsafeRawBufferPointer(rebasing: line[Self.byteOrderMark.count...])
        }
        if csv == nil { goesOn = try body(lines.lineNumber, line) } else { ended = try readRow(line) }
      }
      if let ended { goesOn = try ended.event.withUnsafeBytes { try body(ended.row, $0) } }
      guard more else { break }
    }
    guard goesOn, let last = csv?.finish() else { return }
    _ = try last.event.withUnsafeBytes { try body(last.row, $0) }
  }

  private func readRow(_ line: UnsafeRawBufferPointer) throws -> (row: Int, event: [UInt8])? {
    if unfinished.isEmpty { unfinishedRow = lines.lineNumber }
    unfinished += String(decoding: line, as: UTF8.self)
    guard unfinished.utf8.count < LineSource.lineBytesMax else {
      throw CommandFailure("\(lines.name), line \(unfinishedRow): a quote is never closed")
    }
    guard let fields = CSVRow.fields(unfinished, delimiter: delimiter) else {
      unfinished += "\n"
      return nil
    }
    unfinished = ""
    guard hasHeader else {
      hasHeader = true
      try csv?.readHeader(fields, of: lines.name)
      return nil
    }
    return csv?.take(fields, row: unfinishedRow)
  }
}
