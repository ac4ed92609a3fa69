import Foundation

/// Header texts beyond ASCII, as RFC 2047 encoded words.
enum EncodedWords {
  /// RFC 2047 §2: "Each line of a header field that contains one or more 'encoded-word's is limited to 76 characters".
  static let lineMax = 76
  /// "An 'encoded-word' may not be more than 75 characters long", which is a line after the space that folds it.
  private static let wordMax = 75
  private static let start = "=?utf-8?B?"
  private static let end = "?="
  /// RFC 5322 §2.1.1: lines should be 78 characters at most.
  private static let plainBytesMax = 60

  /// An unstructured header such as Subject.
  static func header(_ text: String, named name: String) throws(MailError) -> String {
    try MailError.refuseControls(in: text, name)
    return isPlain(text) ? text : words(text, after: name)
  }

  /// A display name: quoted where it holds more than letters, digits and spaces.
  static func phrase(_ text: String, named name: String) throws(MailError) -> String {
    try MailError.refuseControls(in: text, name)
    let quoted = "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    return isPlain(quoted) ? quoted : words(text, after: name)
  }

  /// "=?" would be taken for the start of an encoded word.
  private static func isPlain(_ text: String) -> Bool {
    text.utf8.allSatisfy { $0 < 0x80 } && !text.contains("=?") && text.utf8.count <= plainBytesMax
  }

  /// The first word stands behind the header's name, each other one on a line of its own.
  private static func words(_ text: String, after name: String) -> String {
    var words: [String] = []
    var part: [UInt8] = []
    var bytesMax = bytes(in: min(wordMax, lineMax - name.utf8.count - 2))
    for piece in pieces(of: text, bytesMax) {
      if part.count + piece.count > bytesMax, !part.isEmpty {
        words.append(word(part))
        part = []
        bytesMax = bytes(in: wordMax)
      }
      part += piece
    }
    if !part.isEmpty { words.append(word(part)) }
    return words.joined(separator: "\r\n ")
  }

  /// How many bytes a word of so many characters holds: three in four characters of base64.
  private static func bytes(in characters: Int) -> Int {
    max(1, (characters - start.utf8.count - end.utf8.count) / 4) * 3
  }

  /// What is kept in one word: a character with its marks, as it is seen; where it has more of them than a word takes,
  /// each code point, which §5 demands.
  private static func pieces(of text: String, _ bytesMax: Int) -> [[UInt8]] {
    text.flatMap { character in
      character.utf8.count <= bytesMax
        ? [Array(character.utf8)] : character.unicodeScalars.map { Array(String($0).utf8) }
    }
  }

  private static func word(_ bytes: [UInt8]) -> String { start + Data(bytes).base64EncodedString() + end }
}
