/// How a pool's codes look: `TET-####-####`. Between hyphens lie parts: of `#`, the last of which is a check character,
/// or of letters and digits that all codes have.
package struct CodePattern: Equatable, Sendable {
  package let text: String
  package let alphabet: CodeAlphabet
  private let parts: [Part]

  private enum Part: Equatable {
    case literal([UInt8])
    /// So many characters with the check; the number among the parts that have one, from 1.
    case drawn(Int, number: Int)

    var count: Int {
      switch self {
      case .literal(let text): text.count
      case .drawn(let length, _): length
      }
    }
  }

  /// Characters of a code without hyphens, at most.
  package static let lengthMax = 40
  static let partRange = 3...12

  /// nil where it has an empty part, one that mixes `#` with others, one of fewer than 3 or more than 12 `#`, none of
  /// `#`, or is too long.
  package init?(_ text: String, alphabet: CodeAlphabet = .standard) {
    var parts: [Part] = []
    var number = 0
    for part in text.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false) {
      if !part.isEmpty, part.allSatisfy({ $0 == UInt8(ascii: "#") }) {
        guard CodePattern.partRange.contains(part.count) else { return nil }
        number += 1
        parts.append(.drawn(part.count, number: number))
      } else {
        guard !part.isEmpty, part.allSatisfy(CodeAlphabet.isCodeCharacter) else { return nil }
        parts.append(.literal(Array(part)))
      }
    }
    guard number > 0, parts.reduce(0, { $0 + $1.count }) <= CodePattern.lengthMax else { return nil }
    self.text = text
    self.alphabet = alphabet
    self.parts = parts
  }

  /// Characters that are drawn, check characters left out.
  package var drawnCount: Int {
    parts.reduce(0) { count, part in
      if case .drawn(let length, _) = part { return count + length - 1 }
      return count
    }
  }

  /// The code of so many drawn characters, with hyphens and check characters.
  func code(of drawn: [UInt8]) -> String {
    var rest = drawn[...]
    let texts = parts.map { part -> [UInt8] in
      switch part {
      case .literal(let text): return text
      case .drawn(let length, let number):
        let own = rest.prefix(length - 1)
        rest = rest.dropFirst(length - 1)
        return own + [alphabet.check(of: own, number: number)]
      }
    }
    return texts.map { String(decoding: $0, as: UTF8.self) }.joined(separator: "-")
  }

  /// The code that somebody typed or read out: small letters, spaces, hyphens and other marks between, and characters
  /// that look alike are taken for what they mean.
  ///
  /// - Returns: the code as it was given out; nil where it is none of the pattern: too short, too long, or a check
  ///   character that does not fit.
  package func read(_ typed: String) -> String? {
    var rest = typed.utf8.filter { CodeAlphabet.isCodeCharacter($0 & 0xDF) || CodeAlphabet.isCodeCharacter($0) }[...]
    var texts: [[UInt8]] = []
    for part in parts {
      let own = rest.prefix(part.count)
      guard own.count == part.count else { return nil }
      rest = rest.dropFirst(part.count)
      switch part {
      case .literal(let text):
        guard zip(own, text).allSatisfy({ CodePattern.isTaken($0, for: $1) }) else { return nil }
        texts.append(text)
      case .drawn(_, let number):
        let characters = own.compactMap(alphabet.read)
        guard characters.count == own.count,
          alphabet.check(of: characters.dropLast(), number: number) == characters.last
        else { return nil }
        texts.append(characters)
      }
    }
    guard rest.isEmpty else { return nil }
    return texts.map { String(decoding: $0, as: UTF8.self) }.joined(separator: "-")
  }

  /// Whether a character of the prefix was meant: letter for letter, or both look like the same one.
  private static func isTaken(_ typed: UInt8, for meant: UInt8) -> Bool {
    typed & 0xDF == meant || typed == meant
      || CodeAlphabet.couponCode.read(typed) == CodeAlphabet.couponCode.read(meant)
  }
}
