/// Why a row of a file becomes no purchase: what only a file can get wrong. What is wrong with the purchase of a row is
/// a `ContractViolation`.
package struct RowRefusal: Error, Equatable, CustomStringConvertible {
  package var code: Code
  package var message: String
  /// Where it is not the row where the purchase begins.
  var row: Int?
  /// Of the mapping.
  var column: String?

  /// Stands in result files: stays the same from release to release.
  package enum Code: String {
    case brokenQuotes = "broken-quotes"
    case repeatedRow = "repeated-row"
    case unclearNumber = "unclear-number"

    /// What to do.
    var remedy: String {
      switch self {
      case .brokenQuotes: "Close the quote, or double each quote inside a quoted field; then send the row again."
      case .repeatedRow:
        "Nothing, where the row was exported twice. Where it is a line of its own, add a column that numbers the lines."
      case .unclearNumber: "Write 1.234,50, or take decimalComma out of the mapping file."
      }
    }
  }

  package static let brokenQuotes = RowRefusal(
    code: .brokenQuotes,
    message: "A quote is not closed within \(CSVRows.linesMax) lines, or something stands behind a closing quote.")

  package static func repeats(row: Int) -> RowRefusal {
    RowRefusal(code: .repeatedRow, message: "The row says what row \(row) said of the same purchase.")
  }

  static func unclearNumber(row: Int?, column: String) -> RowRefusal {
    RowRefusal(
      code: .unclearNumber,
      message: "The mapping file says decimalComma, but a point in the column \(column) separates no thousands.",
      row: row,
      column: column)
  }

  package var description: String { "\(code.rawValue) at $: \(message)" }
}
