/// Texts of others on their way to a terminal, which obeys nobody's data: neither escape sequences nor marks that turn
/// the direction of writing, by which one name looks like another.
package enum TerminalText {
  /// A text of several lines: control characters but line ends become spaces, what turns the writing is written out.
  package static func harmless(_ text: String) -> String {
    rewritten(text) { scalar in
      if scalar == "\n" { return nil }
      return scalar.properties.generalCategory == .control ? " " : escaped(scalar)
    }
  }

  /// A name, such as a file's: what does not belong into a line is written out, `day\u{A}2.csv`.
  package static func name(_ text: String) -> String { rewritten(text, escaped) }

  /// The same within JSON, where it can stand in texts alone.
  package static func json(_ text: String) -> String {
    rewritten(text) { turnsTheWriting($0) ? "\\u" + hexadecimal($0, width: 4) : nil }
  }

  private static func rewritten(_ text: String, _ replacement: (Unicode.Scalar) -> String?) -> String {
    guard text.unicodeScalars.contains(where: { replacement($0) != nil }) else { return text }
    var clean = ""
    for scalar in text.unicodeScalars {
      if let other = replacement(scalar) { clean += other } else { clean.unicodeScalars.append(scalar) }
    }
    return clean
  }

  private static func escaped(_ scalar: Unicode.Scalar) -> String? {
    guard scalar.properties.generalCategory == .control || turnsTheWriting(scalar) else { return nil }
    return "\\u{\(hexadecimal(scalar, width: 1))}"
  }

  /// Marks, embeddings, overrides and isolates of the bidirectional algorithm, and Unicode's own line ends.
  private static func turnsTheWriting(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x061C, 0x200E...0x200F, 0x2028...0x202E, 0x2066...0x2069: true
    default: false
    }
  }

  private static func hexadecimal(_ scalar: Unicode.Scalar, width: Int) -> String {
    let digits = String(scalar.value, radix: 16, uppercase: true)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }
}
