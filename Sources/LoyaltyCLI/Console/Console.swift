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
  package func say(_ text: String) { output(Self.harmless(text) + "\n") }

  package func say(_ json: JSONValue) { output(json.pretty + "\n") }

  /// A remark, with a line end.
  package func note(_ text: String) { errors(Self.harmless(text) + "\n") }

  /// A terminal obeys nobody's data: control characters but line ends become spaces.
  static func harmless(_ text: String) -> String {
    func isControl(_ scalar: Unicode.Scalar) -> Bool {
      scalar != "\n" && scalar.properties.generalCategory == .control
    }
    guard text.unicodeScalars.contains(where: isControl) else { return text }
    var clean = String.UnicodeScalarView()
    clean.append(contentsOf: text.unicodeScalars.map { isControl($0) ? " " : $0 })
    return String(clean)
  }
}
