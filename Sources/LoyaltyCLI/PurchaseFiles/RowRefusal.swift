import JSON

/// Why a row of a file becomes no purchase: what only a file can get wrong. What is wrong with the purchase of a row is
/// a `ContractViolation`.
struct RowRefusal: Error, Equatable, CustomStringConvertible {
  var code: Code
  var message: String

  /// Stands in result files: stays the same from release to release.
  enum Code: String {
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

  static let brokenQuotes = RowRefusal(
    code: .brokenQuotes,
    message: "A quote is not closed within \(CSVRows.linesMax) lines, or something stands behind a closing quote.")

  static func repeats(row: Int) -> RowRefusal {
    RowRefusal(code: .repeatedRow, message: "The row says what row \(row) said of the same purchase.")
  }

  var description: String { "\(code.rawValue) at $: \(message)" }

  /// As result files and `validate --json` have it.
  func report(row: Int) -> JSONValue {
    .object([
      .init("row", .number("\(row)")), .init("code", .string(code.rawValue)), .init("path", .string("$")),
      .init("message", .string(message)), .init("remedy", .string(code.remedy)),
    ])
  }
}
