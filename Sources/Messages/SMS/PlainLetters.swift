import Foundation

/// Texts in the GSM alphabet for members who read Latin letters: marks that the alphabet lacks are left out, as
/// Vietnamese members know it from their banks and carriers.
enum PlainLetters {
  /// Letters and signs that are no letter with a mark.
  private static let substitutes: [Unicode.Scalar: String] = [
    "đ": "d", "Đ": "D", "₫": "d", "ð": "d", "Ð": "D", "ł": "l", "Ł": "L", "ħ": "h", "Ħ": "H", "ŧ": "t", "Ŧ": "T",
    "ı": "i", "œ": "oe", "Œ": "OE", "þ": "th", "Þ": "Th", "ŋ": "n", "Ŋ": "N", "ẞ": "SS",
    "–": "-", "—": "-", "‐": "-", "‑": "-", "−": "-", "•": "-", "·": "-", "⁄": "/", "×": "x", "÷": "/",
    "’": "'", "‘": "'", "‚": "'", "`": "'", "´": "'", "ʼ": "'", "′": "'", "“": "\"", "”": "\"", "„": "\"", "«": "\"",
    "»": "\"", "″": "\"", "‹": "'", "›": "'", "©": "(c)", "®": "(R)", "\t": " ", "¢": "c",
  ]
  /// The alphabet has these, and of the other marks of the same languages none: beside letters without marks they
  /// would look like mistakes (`Quà Tang`).
  private static let halfMarked = Set("àèéìòùÉ".unicodeScalars)

  /// nil where letters or digits of another script are in it, which nothing can stand in for.
  static func from(_ text: String) -> String? {
    let scalars = text.unicodeScalars
    let losesMarks = scalars.contains { GSMAlphabet.septets($0) == nil && letterWithoutMarks($0) != nil }
    var plain = ""
    for scalar in scalars {
      if GSMAlphabet.septets(scalar) != nil, !(losesMarks && halfMarked.contains(scalar)) {
        plain.unicodeScalars.append(scalar)
      } else if let substitute = substitutes[scalar] ?? letterWithoutMarks(scalar) ?? compatible(scalar) {
        plain += substitute
      } else {
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .decimalNumber,
          .letterNumber, .otherNumber:
          return nil
        // What stands for no letter and no number may go: emoji, and what cannot be seen.
        case .otherSymbol, .modifierSymbol, .format, .control, .nonspacingMark, .enclosingMark, .spacingMark,
          .privateUse, .unassigned, .surrogate, .lineSeparator, .paragraphSeparator:
          continue
        default: plain += "?"
        }
      }
    }
    return plain.split(separator: " ", omittingEmptySubsequences: true).joined(separator: " ")
  }

  /// A Latin letter of canonical parts.
  private static func letterWithoutMarks(_ scalar: Unicode.Scalar) -> String? {
    let parts = String(scalar).decomposedStringWithCanonicalMapping.unicodeScalars
    guard parts.count > 1, let base = parts.first, parts.dropFirst().allSatisfy(isMark) else { return nil }
    if base.isASCII { return String(base) }
    return substitutes[base]
  }

  /// Wide and joined forms of what the alphabet has: `Ａ`, `ﬁ`, `…`, `½`, a space that does not break.
  private static func compatible(_ scalar: Unicode.Scalar) -> String? {
    let parts = Array(String(scalar).decomposedStringWithCompatibilityMapping.unicodeScalars).filter { !isMark($0) }
    guard !parts.isEmpty, parts != [scalar] else { return nil }
    let texts = parts.map { GSMAlphabet.septets($0) != nil ? String($0) : substitutes[$0] }
    return texts.contains(nil) ? nil : texts.compactMap { $0 }.joined()
  }

  private static func isMark(_ scalar: Unicode.Scalar) -> Bool {
    scalar.properties.generalCategory == .nonspacingMark
  }
}
