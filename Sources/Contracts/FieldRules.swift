/// What the contract asks of ids and texts.
package enum FieldRules {
  /// Longest id, in characters.
  package static let idLengthMax = 128
  /// Longest other text, in bytes.
  package static let textBytesMax = 1024
  /// Longest text that is made of several ids, in bytes.
  package static let madeTextBytesMax = 8 * 1024
  /// The largest count of anything: none of these is added up so often that the sum overflows.
  package static let countMax: Int64 = 1_000_000_000_000_000

  /// 1–128 characters, none of them a control or an invisible one, no white space around.
  package static func isId(_ text: String) -> Bool {
    guard let first = text.unicodeScalars.first, let last = text.unicodeScalars.last else { return false }
    guard !first.properties.isWhitespace, !last.properties.isWhitespace else { return false }
    guard text.unicodeScalars.count <= idLengthMax else { return false }
    return text.unicodeScalars.allSatisfy { scalar in
      switch scalar.properties.generalCategory {
      case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned: false
      default: true
      }
    }
  }

  /// The usual case of `isId`, decided without making a string: true only for ids of plain ASCII.
  static func isPlainId(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    guard let first = bytes.first, let last = bytes.last, bytes.count <= idLengthMax else { return false }
    guard first != 0x20, last != 0x20 else { return false }
    for byte in bytes where byte < 0x20 || byte >= 0x7F { return false }
    return true
  }
}
