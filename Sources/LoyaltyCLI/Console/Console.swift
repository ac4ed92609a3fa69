import JSON
import ServiceKit

/// Where a command writes: results to standard output, everything else to standard error.
package struct Console: Sendable {
  private let output: @Sendable (String) -> Void
  private let errors: @Sendable (String) -> Void

  package init(output: @escaping @Sendable (String) -> Void, errors: @escaping @Sendable (String) -> Void) {
    self.output = output
    self.errors = errors
  }

  package static let standard = Console(
    output: StandardStream.output.write, errors: StandardStream.errors.write)

  /// A result, with a line end.
  package func say(_ text: String) { output(TerminalText.harmless(text) + "\n") }

  package func say(_ json: JSONValue) { output(TerminalText.json(json.pretty) + "\n") }

  /// A remark, with a line end.
  package func note(_ text: String) { errors(TerminalText.harmless(text) + "\n") }
}
