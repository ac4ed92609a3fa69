import Foundation

/// Header texts beyond ASCII, as RFC 2047 encoded words.
enum EncodedWords {
  /// RFC 2047 §2: "An 'encoded-word' may not be more than 75 characters long"; 45 bytes are 60 in base64, and
  /// `=?utf-8?B?` and `?=` are 12 more.
  private static let bytesMax = 45
  /// RFC 5322 §2.1.1: lines should be 78 characters at most.
  private static let plainBytesMax = 60

  /// An unstructured header such as Subject.
  static func header(_ text: String, named name: String) throws(MailError) -> String {
    try MailError.refuseControls(in: text, name)
    // "=?" would be taken for the start of an encoded word.
    let isPlain = text.utf8.allSatisfy { $0 < 0x80 } && !text.contains("=?") && text.utf8.count <= plainBytesMax
    return isPlain ? text : words(text)
  }

  /// A display name: quoted where it holds more than letters, digits and spaces.
  static func phrase(_ text: String, named name: String) throws(MailError) -> String {
    try MailError.refuseControls(in: text, name)
    let isASCII = text.utf8.allSatisfy { $0 < 0x80 }
    guard isASCII, text.utf8.count <= plainBytesMax else { return words(text) }
    let quoted = text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
    return "\"\(quoted)\""
  }

  /// Each word holds whole characters, as §5 demands, and words are parted by a folded line.
  private static func words(_ text: String) -> String {
    var words: [String] = []
    var part: [UInt8] = []
    for character in text {
      let bytes = Array(String(character).utf8)
      if part.count + bytes.count > bytesMax, !part.isEmpty {
        words.append(word(part))
        part = []
      }
      part += bytes
    }
    if !part.isEmpty { words.append(word(part)) }
    return words.joined(separator: "\r\n ")
  }

  private static func word(_ bytes: [UInt8]) -> String { "=?utf-8?B?\(Data(bytes).base64EncodedString())?=" }
}
