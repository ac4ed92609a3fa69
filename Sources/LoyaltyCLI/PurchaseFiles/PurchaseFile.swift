import Contracts
import ServiceKit

/// The purchases of a file, one at a time: JSON lines, or CSV where there is a mapping; UTF-8 with or without byte
/// order mark, gzip or not. One thread; close it.
package final class PurchaseFile {
  private let lines: LineSource
  /// nil: JSON lines.
  private let mapping: ColumnMapping?
  private var isEmpty = true

  /// What a row comes to.
  package enum Row {
    /// A line of a JSON file; the bytes are valid while they are lent.
    case event(UnsafeRawBufferPointer)
    /// Rows of a CSV file.
    case purchase(CSVPurchase, ColumnMapping)
    /// A row of a CSV file that is of no purchase.
    case refused(RowRefusal)
  }

  package typealias Body = (_ row: Int, _ content: Row) throws -> Bool

  private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]
  /// What a spreadsheet writes as "Unicode text".
  private static let utf16Marks: [[UInt8]] = [[0xFF, 0xFE], [0xFE, 0xFF]]

  /// - Parameter mapping: nil where a file is JSON lines; a file named *.csv needs one.
  package init(_ path: String, mapping: ColumnMapping?) throws {
    self.mapping = try Self.mapping(mapping, for: path, shownAs: TerminalText.name(path))
    lines = try LineSource(path)
  }

  /// A regular file of a folder in which others write.
  package init(_ name: String, in folder: FolderHandle, mapping: ColumnMapping?) throws {
    self.mapping = try Self.mapping(mapping, for: name, shownAs: folder.shown(name))
    lines = try LineSource(descriptor: try folder.openFile(name), name: folder.shown(name))
  }

  private static func mapping(
    _ mapping: ColumnMapping?, for name: String, shownAs shown: String
  ) throws -> ColumnMapping? {
    let name = name.lowercased()
    guard name.hasSuffix(".csv") || name.hasSuffix(".csv.gz") else { return nil }
    guard let mapping else { throw CommandFailure("\(shown): --mapping must say what its columns mean") }
    return mapping
  }

  /// Of the open file as it is now, whatever stands under its name; nil where it is not a regular one.
  package var identity: FileIdentity? { lines.identity }

  package func close() { lines.close() }

  /// Lends every purchase, and every row that is of none, with the number of the row where it begins, until `body` says
  /// stop. The numbers rise.
  ///
  /// - Throws: `CommandFailure` where the file cannot be read; a CSV file is read whole before anything of it is lent,
  ///   since what a row means may depend on one further on.
  package func forEach(_ body: Body) throws {
    if let mapping { try lendPurchases(mapping, body) } else { try lendEvents(body) }
    guard !isEmpty else { throw CommandFailure("\(lines.name): is empty", isOfInput: true) }
  }

  private func lendEvents(_ body: Body) throws {
    var goesOn = true
    while goesOn, try nextLine({ goesOn = try body(lines.lineNumber, .event($0)) }) {}
  }

  private func lendPurchases(_ mapping: ColumnMapping, _ body: Body) throws {
    var scattered = ScatteredPurchases()
    try readPurchases(mapping) { ended in
      if case .purchase(let purchase) = ended { scattered.note(purchase) }
      return true
    }
    guard !isEmpty else { return }
    try lines.startOver()
    try readPurchases(mapping) { ended in
      switch ended {
      case .refused(let refusal, let row): return try body(row, .refused(refusal))
      case .purchase(var purchase):
        if let refusal = scattered.refusal(of: purchase) { purchase.refuse(refusal) }
        return try body(purchase.firstRow, .purchase(purchase, mapping))
      }
    }
  }

  private func readPurchases(_ mapping: ColumnMapping, _ body: (CSVPurchases.Ended) throws -> Bool) throws {
    var rows = CSVRows(delimiter: mapping.delimiter)
    var purchases = CSVPurchases(mapping)
    var hasHeader = false
    var ended: [CSVPurchases.Ended] = []
    func take(_ complete: [CSVRows.Row]) throws {
      for row in complete {
        if !hasHeader {
          guard !row.isBroken else {
            throw CommandFailure("\(lines.name), line \(row.number): the quotes of the header are broken")
          }
          try purchases.readHeader(row.fields, of: lines.name)
          hasHeader = true
        } else if row.isBroken {
          ended += purchases.takeBroken(row.fields, row: row.number)
        } else {
          ended += purchases.take(row.fields, row: row.number)
        }
      }
    }
    while try nextLine({ line in
      try refuseForeignBytes(line)
      try take(rows.take(Array(line), number: lines.lineNumber))
    }) {
      for one in ended where try !body(one) { return }
      ended.removeAll(keepingCapacity: true)
    }
    try take(rows.finish())
    for one in ended + purchases.finish() where try !body(one) { return }
  }

  /// A file's line without the byte order mark that its first one may have.
  static func withoutMark(_ line: UnsafeRawBufferPointer, number: Int) -> UnsafeRawBufferPointer {
    guard number == 1, line.starts(with: byteOrderMark) else { return line }
    return UnsafeRawBufferPointer(rebasing: line[byteOrderMark.count...])
  }

  /// Lends the next line, without a byte order mark; false at the end.
  private func nextLine(_ body: (UnsafeRawBufferPointer) throws -> Void) throws -> Bool {
    try lines.next { line in
      if lines.lineNumber == 1, Self.utf16Marks.contains(where: { line.starts(with: $0) }) {
        throw CommandFailure("\(lines.name): is UTF-16; save it as UTF-8", isOfInput: true)
      }
      let line = Self.withoutMark(line, number: lines.lineNumber)
      guard line.contains(where: { $0 > 0x20 }) else { return }
      isEmpty = false
      try body(line)
    }
  }

  private func refuseForeignBytes(_ line: UnsafeRawBufferPointer) throws {
    guard let place = TextEncoding.firstForeignByte(line) else { return }
    let byte = String(line[place], radix: 16, uppercase: true)
    throw CommandFailure(
      "\(lines.name), line \(lines.lineNumber): byte \(place + 1) (0x\(byte)) is not UTF-8. The file looks like "
        + "\(TextEncoding.looksLike(line)): save it as UTF-8", isOfInput: true)
  }
}
