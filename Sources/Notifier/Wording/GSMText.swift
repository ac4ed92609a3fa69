import Foundation

/// Texts for SMS in the GSM 7-bit default alphabet (3GPP TS 23.038 §6.2.1).
///
/// Vietnamese is written without accents, as members know it from their banks and carriers: with them a message would
/// go out as UCS-2, 70 characters a part instead of 160, and cost two or three times as much. Whatever else the
/// alphabet lacks becomes a question mark.
enum GSMText {
  /// Printable ASCII that costs one septet: the alphabet holds no grave accent, and reaches brackets, backslash, caret,
  /// bar, braces and tilde only through an escape.
  private static let missing: Set<UInt8> = Set("[\\]^`{|}~".utf8)

  static func from(_ text: String) -> String {
    var plain = ""
    // Canonical decomposition parts letters from their accents; đ is a letter of its own and stays whole.
    for scalar in text.decomposedStringWithCanonicalMapping.unicodeScalars {
      switch scalar {
      case "đ": plain.append("d")
      case "Đ": plain.append("D")
      case "–", "—": plain.append("-")
      case "’", "‘": plain.append("'")
      case "“", "”": plain.append("\"")
      case "\u{A0}", "\n": plain.append(" ")
      case _ where scalar.properties.generalCategory == .nonspacingMark: continue
      case " "..."~" where !missing.contains(UInt8(scalar.value)): plain.unicodeScalars.append(scalar)
      default: plain.append("?")
      }
    }
    return plain
  }
}
