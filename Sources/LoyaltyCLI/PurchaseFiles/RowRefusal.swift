/// Why a purchase of a file is withheld: what only a file can get wrong. What is wrong with the purchase that its rows
/// tell is a `ContractViolation`.
package struct RowRefusal: Error, Equatable {
  package var code: Code
  package var message: String
  /// Of the field, `$` where it is not one alone.
  var path = "$"
  /// Where it is not the row where the purchase begins.
  var row: Int?
  /// Of the file.
  var column: String?

  /// Stands in result files: stays the same from release to release.
  package enum Code: String {
    case brokenQuotes = "broken-quotes"
    case tooManyCells = "too-many-cells"
    case repeatedRow = "repeated-row"
    case repeatedHeader = "repeated-header"
    case scatteredRows = "scattered-rows"
    case unclearNumber = "unclear-number"
    case invalidInstant = "invalid-instant"
    case totalMismatch = "total-mismatch"

    /// What to do. All of a purchase is withheld, so it is sent again as a whole.
    var remedy: String {
      switch self {
      case .brokenQuotes:
        "Close the quote, or double each quote inside a quoted field; then send all rows of the purchase again."
      case .tooManyCells:
        "Put quotes around a field that holds the delimiter; then send all rows of the purchase again."
      case .repeatedRow:
        "Take the row out where it was exported twice; where it is a line of its own, add a column that numbers the "
          + "lines. Then send all rows of the purchase again."
      case .repeatedHeader: "Take the second header out; nothing else of the file is touched by it."
      case .scatteredRows:
        "Sort the file so that the rows of a purchase follow each other, and see that they agree in all but its lines."
      case .unclearNumber: "Write 1.234,50, or take decimalComma out of the mapping file."
      case .invalidInstant: "Write the time so, or correct dateOrder, offset or timeZone in the mapping file."
      case .totalMismatch:
        "See whether rows are missing. Where tills round totals, let totalWithin in the mapping file say by how much."
      }
    }
  }

  static func brokenQuotes(row: Int) -> RowRefusal {
    RowRefusal(
      code: .brokenQuotes,
      message: "A quote is not closed within \(CSVRows.linesMax) lines, or something stands behind a closing quote.",
      row: row)
  }

  /// Of a purchase beside a row that cannot be read.
  static func besideBrokenRow(_ row: Int) -> RowRefusal {
    RowRefusal(
      code: .brokenQuotes, message: "The quotes of row \(row) are broken before its id: it may be a line of this one.")
  }

  static func tooManyCells(_ cells: Int, columns: Int, row: Int) -> RowRefusal {
    RowRefusal(
      code: .tooManyCells, message: "The row has \(cells) cells, the header \(columns): which of them is too many?",
      row: row)
  }

  static func repeats(row earlier: Int, row: Int) -> RowRefusal {
    RowRefusal(
      code: .repeatedRow, message: "The row says what row \(earlier) said of the same purchase.", row: row)
  }

  static func repeatedHeader(row: Int) -> RowRefusal {
    RowRefusal(code: .repeatedHeader, message: "The row is the header once more.", row: row)
  }

  static func scattered(_ other: Int) -> RowRefusal {
    RowRefusal(
      code: .scatteredRows,
      message: "Row \(other) has the same id, lies apart or differs in more than its line, and says something else.")
  }

  static func unclearNumber(at path: String, row: Int?, column: String?) -> RowRefusal {
    RowRefusal(
      code: .unclearNumber,
      message:
        "The mapping file says decimalComma, but a point in the column \(column ?? path) separates no thousands.",
      path: path, row: row, column: column)
  }

  static func noMoment(_ problem: String, at path: String, row: Int?, column: String?) -> RowRefusal {
    RowRefusal(
      code: .invalidInstant, message: "The column \(column ?? path) \(problem).", path: path, row: row, column: column)
  }

  static func totalMismatch(told: String, counted: String, column: String?) -> RowRefusal {
    RowRefusal(
      code: .totalMismatch,
      message: "The total is \(told), the lines with discount, shipping and tax come to \(counted).",
      path: "$.total", column: column)
  }
}
