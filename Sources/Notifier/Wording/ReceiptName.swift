/// The number of a receipt as a message may repeat it.
///
/// Whoever claims a purchase writes the number, and the message goes to the member whom the claim names: what is no
/// number of a receipt is not passed on to them.
package enum ReceiptName {
  private static let charactersMax = 64

  /// nil for what is not letters, digits and what stands between them on receipts, or could become a link.
  package static func read(_ text: String) -> String? {
    let bytes = Array(text.utf8)
    guard !bytes.isEmpty, bytes.count <= charactersMax, bytes.allSatisfy(belongs) else { return nil }
    for (byte, next) in zip(bytes, bytes.dropFirst()) {
      if byte == UInt8(ascii: "."), isLetter(next) { return nil }
      if byte == UInt8(ascii: "/"), next == byte { return nil }
    }
    return text
  }

  private static func belongs(_ byte: UInt8) -> Bool {
    isLetter(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || "-_/.#:%".utf8.contains(byte)
  }

  private static func isLetter(_ byte: UInt8) -> Bool {
    let small = byte | 0x20
    return small >= UInt8(ascii: "a") && small <= UInt8(ascii: "z")
  }
}
