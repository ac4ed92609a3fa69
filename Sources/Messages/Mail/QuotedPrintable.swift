/// RFC 2045 §6.7.
package enum QuotedPrintable {
  /// "Encoded lines must not be longer than 76 characters, not counting the trailing CRLF."
  private static let lineMax = 76

  /// Encodes UTF-8 text; line ends become CR LF, other control characters are encoded.
  static func encode(_ text: String) -> [UInt8] {
    var output: [UInt8] = []
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      encode(line: Array(line.utf8), into: &output)
      output += [0x0D, 0x0A]
    }
    // A text that ends in a line end has had it.
    if text.hasSuffix("\n") { output.removeLast(2) }
    return output
  }

  package static func hexadecimal(_ byte: UInt8) -> String {
    let text = String(byte, radix: 16, uppercase: true)
    return byte < 16 ? "0" + text : text
  }

  private static func encode(line: [UInt8], into output: inout [UInt8]) {
    var width = 0
    for (index, byte) in line.enumerated() {
      let isLast = index == line.count - 1
      let isPlain: Bool
      switch byte {
      case UInt8(ascii: " "): isPlain = !isLast
      case 0x21...0x7E: isPlain = byte != UInt8(ascii: "=")
      default: isPlain = false
      }
      let size = isPlain ? 1 : 3
      // A soft line break takes one place itself.
      if width + size > (isLast ? lineMax : lineMax - 1) {
        output += [UInt8(ascii: "="), 0x0D, 0x0A]
        width = 0
      }
      if isPlain { output.append(byte) } else { output += Array(("=" + hexadecimal(byte)).utf8) }
      width += size
    }
  }
}
