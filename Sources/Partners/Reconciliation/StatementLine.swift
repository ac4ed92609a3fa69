/// What a partner says that it issued under one reference.
package struct StatementLine: Equatable, Sendable {
  package let reference: String
  package let vouchers: Int
  /// nil: the partner does not tell them all.
  package let serials: [String]?
  /// In whole units of the partner's currency; nil: it is not told.
  package let amount: Int64?
  package let isCancelled: Bool

  package init(
    reference: String, vouchers: Int, serials: [String]? = nil, amount: Int64? = nil, isCancelled: Bool = false
  ) {
    self.reference = reference
    self.vouchers = vouchers
    self.serials = serials
    self.amount = amount
    self.isCancelled = isCancelled
  }
}

extension StatementLine {
  package struct Refused: Error, Equatable {
    /// Of the file, from 1.
    package let line: Int
    package let problem: String
  }

  private static let linesMax = 5_000_000

  /// A statement as a file, for partners who send one: `reference,vouchers,amount,serials`, the last two may be empty,
  /// serials have spaces between. A first line of these names is passed over.
  package static func read(csv text: String) throws(Refused) -> [StatementLine] {
    var lines: [StatementLine] = []
    for (index, row) in text.split(whereSeparator: \.isNewline).enumerated() {
      let cells = row.split(separator: ",", omittingEmptySubsequences: false).map {
        String($0.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
      }
      if index == 0, cells.first == "reference" { continue }
      guard index < linesMax else {
        throw Refused(line: index + 1, problem: "has more than \(linesMax) lines; split it")
      }
      guard (2...4).contains(cells.count), !cells[0].isEmpty, let count = Int(cells[1]), count >= 0 else {
        throw Refused(line: index + 1, problem: "must be reference,vouchers,amount,serials")
      }
      let amount = cells.count > 2 && !cells[2].isEmpty ? cells[2] : nil
      guard amount == nil || amount.flatMap({ Int64($0) }) != nil else {
        throw Refused(line: index + 1, problem: "has an amount that is no whole number")
      }
      let serials = cells.count > 3 && !cells[3].isEmpty ? cells[3].split(separator: " ").map(String.init) : nil
      lines.append(
        .init(reference: cells[0], vouchers: count, serials: serials, amount: amount.flatMap { Int64($0) }))
    }
    return lines
  }
}
