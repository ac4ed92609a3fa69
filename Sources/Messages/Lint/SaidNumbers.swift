/// The numbers that a text says, to find out whether two texts say the same ones.
enum SaidNumbers {
  /// Digits alone: `1.234`, `1,234` and `1 234` are one number.
  static func inText(_ text: String) -> Set<String> {
    var numbers: Set<String> = []
    var digits = ""
    var gap = ""
    for character in text + "\n" {
      if character.isWholeNumber {
        digits += gap.isEmpty || digits.isEmpty ? "" : "."
        gap = ""
        digits.append(character)
      } else if !digits.isEmpty, gap.isEmpty, ".,\u{A0}".contains(character) {
        gap.append(character)
      } else {
        if !digits.isEmpty { numbers.insert(digits) }
        (digits, gap) = ("", "")
      }
    }
    return numbers
  }

  static func inHTML(_ pieces: [HTMLScanner.Piece]) -> Set<String> {
    inText(
      pieces.map { piece in
        switch piece {
        case .text(let text): Entities.decoded(text)
        case .open(let tag, _), .close(let tag): joining.contains(tag) ? "" : "\n"
        }
      }.joined())
  }

  /// What stands before and after these is one text.
  private static let joining: Set<String> = ["a", "b", "strong", "i", "em", "u", "span", "small", "s", "sub", "sup"]
}

/// Characters that HTML names.
enum Entities {
  private static let names = ["amp": "&", "lt": "<", "gt": ">", "quot": "\"", "nbsp": "\u{A0}", "apos": "'"]

  static func decoded(_ text: String) -> String {
    let parts = text.split(separator: "&", omittingEmptySubsequences: false)
    return parts.dropFirst().reduce(String(parts.first ?? "")) { decoded, part in
      guard let end = part.firstIndex(of: ";"), let character = character(String(part[..<end])) else {
        return decoded + "&" + part
      }
      return decoded + character + part[part.index(after: end)...]
    }
  }

  private static func character(_ name: String) -> String? {
    guard name.hasPrefix("#") else { return names[name] }
    let digits = name.dropFirst()
    let code = digits.first == "x" ? UInt32(digits.dropFirst(), radix: 16) : UInt32(digits)
    return code.flatMap(Unicode.Scalar.init).map(String.init)
  }
}
