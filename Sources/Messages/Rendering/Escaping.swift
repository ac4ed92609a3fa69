/// Makes a field's value harmless where it stands.
enum Escaping {
  /// One line without control characters, and without marks that turn the writing of what follows.
  static func line(_ text: String) -> String {
    var line = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      switch scalar.properties.generalCategory {
      case .control, .lineSeparator, .paragraphSeparator: line.append(" ")
      case .format where turns(scalar): continue
      default: line.append(scalar)
      }
    }
    return String(line)
  }

  /// UAX #9: embeddings, overrides and isolates.
  private static func turns(_ scalar: Unicode.Scalar) -> Bool {
    (0x202A...0x202E).contains(scalar.value) || (0x2066...0x2069).contains(scalar.value)
  }

  /// Between tags and in the quotes of an attribute.
  static func markup(_ text: String) -> String {
    var escaped = ""
    for scalar in line(text).unicodeScalars {
      switch scalar {
      case "&": escaped += "&amp;"
      case "<": escaped += "&lt;"
      case ">": escaped += "&gt;"
      case "\"": escaped += "&quot;"
      case "'": escaped += "&#39;"
      // What mail and HTML cannot carry as itself.
      case _ where scalar.value & 0xFFFE == 0xFFFE || (0xFDD0...0xFDEF).contains(scalar.value): continue
      default: escaped.unicodeScalars.append(scalar)
      }
    }
    return escaped
  }

  /// Behind the beginning of a link: all but what RFC 3986 leaves unreserved.
  static func linkPart(_ text: String) -> String {
    var escaped = ""
    for byte in line(text).utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
        UInt8(ascii: "~"):
        escaped.unicodeScalars.append(Unicode.Scalar(byte))
      default: escaped += "%" + QuotedPrintable.hexadecimal(byte)
      }
    }
    return escaped
  }

  /// A whole link; empty where it is none that a message may lead to.
  static func link(_ url: String) -> String {
    let small = url.lowercased()
    return ["https://", "http://", "mailto:"].contains(where: small.hasPrefix) ? markup(url) : ""
  }
}

/// The spaces and empty lines that conditions leave behind.
enum Whitespace {
  /// One line, with single spaces.
  static func line(_ text: String) -> String {
    text.split { $0 == " " || $0.isNewline || $0 == "\t" }.joined(separator: " ")
  }

  /// Lines without spaces around them or several in a row, at most one of them empty between two others; the last one
  /// ends.
  static func letter(_ text: String) -> String {
    var lines: [String] = []
    for line in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
      let words = line.split { $0 == " " || $0 == "\t" }.joined(separator: " ")
      if !words.isEmpty || !(lines.last?.isEmpty ?? true) { lines.append(words) }
    }
    while lines.last?.isEmpty == true { lines.removeLast() }
    return lines.isEmpty ? "" : lines.joined(separator: "\n") + "\n"
  }

  /// HTML without empty lines.
  static func markup(_ text: String) -> String {
    text.split(whereSeparator: \.isNewline).filter { !$0.allSatisfy(\.isWhitespace) }.joined(separator: "\n")
  }
}
