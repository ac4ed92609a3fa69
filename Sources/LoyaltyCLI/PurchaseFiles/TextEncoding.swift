/// Tells bytes that are not UTF-8, and what they may be instead: for the person who exports the file.
enum TextEncoding {
  /// The place of the first byte that is not UTF-8; nil where all are.
  static func firstForeignByte(_ bytes: UnsafeRawBufferPointer) -> Int? {
    guard bytes.contains(where: { $0 >= 0x80 || $0 == 0 }) else { return nil }
    var iterator = bytes.makeIterator()
    var parser = Unicode.UTF8.ForwardParser()
    var offset = 0
    while true {
      switch parser.parseScalar(from: &iterator) {
      // UTF-16 without a mark: every other byte of plain text is 0.
      case .valid(let scalar) where scalar.first == 0: return offset
      case .valid(let scalar): offset += scalar.count
      case .error: return offset
      case .emptyInput: return nil
      }
    }
  }

  /// A guess, as the rest of a sentence.
  static func looksLike(_ bytes: UnsafeRawBufferPointer) -> String {
    if bytes.contains(0) { return "UTF-16" }
    let high = bytes.filter { $0 >= 0x80 }
    if high.contains(where: { unassigned.contains($0) }) { return "none of UTF-16, Windows-1252 and ISO 8859-1" }
    return high.contains { $0 < 0xA0 } ? "Windows-1252" : "Windows-1252 or ISO 8859-1"
  }

  /// Bytes that stand for nothing in Windows-1252, and for control characters in ISO 8859-1.
  private static let unassigned: Set<UInt8> = [0x81, 0x8D, 0x8F, 0x90, 0x9D]
}
