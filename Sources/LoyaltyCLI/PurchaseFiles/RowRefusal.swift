import JSON

/// Why a row of a file becomes no purchase: what only a file can get wrong. What is wrong with the purchase of a row is
/// a `ContractViolation`.
package struct RowRefusal: Error, Equatable, CustomStringConvertible {
  package var code: Code
  package var message: String

  /// Stands in result files: stays the same from release to release.
  package enum Code: String {
    case brokenQuotes = "broken-quotes"
    case repeatedRow = "repeated-row"

    /// What to do.
    var remedy: String {
      switch self {
      case .brokenQuotes: "Close the quote, or double each quote inside a quoted field; then send the row again."
      case .repeatedRow:
        "Nothing, where the row was exported twice. Where it is a line of its own, add a column that numbers the lines."
      }
    }
  }

  package static let brokenQuotes = RowRefusal(
    code: .brokenQuotes,
    message: "A quote is not closed within \(CSVRows.linesMax) lines, or something stands behind a closing quote.")

  package static func repeats(row: Int) -> RowRefusal {
    RowRefusal(code: .repeatedRow, message: "The row says what row \(row) said of the same purchase.")
  }

  package var description: String { "\(code.rawValue) at $: \(message)" }

  /// As result files and `validate --json` have it.
  package func report(row: Int) -> JSONValue {
    .object([
      .init("row", .number("\(row)")), .init("code", .string(code.rawValue)), .init("path", .string("$")),
      .init("message", .string(message)), .init("remedy", .string(code.remedy)),
    ])
  }
}
