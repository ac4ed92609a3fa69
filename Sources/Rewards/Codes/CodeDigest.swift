/// By which a code is found where the code itself is not kept: the first 16 bytes of a keyed digest.
package struct CodeDigest: Hashable, Sendable {
  package let high: UInt64
  package let low: UInt64

  package init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  /// - Parameters:
  ///   - code: as it was given out. Its hyphens do not count.
  ///   - digest: under the key of vouchers, which is none of the pools' secrets.
  package init(of code: String, digest: KeyedDigest) {
    let bytes = digest(Array("voucher-digest\n".utf8) + code.utf8.filter { $0 != UInt8(ascii: "-") })
    precondition(bytes.count == 32, "a digest of \(bytes.count) bytes")
    high = bytes[..<8].reduce(0) { $0 << 8 | UInt64($1) }
    low = bytes[8..<16].reduce(0) { $0 << 8 | UInt64($1) }
  }

  /// nil where the text is not ``hexadecimal``.
  package init?(hexadecimal text: String) {
    guard text.utf8.count == 32,
      text.utf8.allSatisfy({ (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }),
      let high = UInt64(text.prefix(16), radix: 16), let low = UInt64(text.suffix(16), radix: 16)
    else { return nil }
    self.high = high
    self.low = low
  }

  /// 32 hexadecimal digits, in small letters.
  package var hexadecimal: String {
    [high, low].map { word in
      let digits = String(word, radix: 16)
      return String(repeating: "0", count: 16 - digits.utf8.count) + digits
    }.joined()
  }

  /// What of a code may be shown.
  package static func lastCharacters(of code: String) -> String { String(code.filter { $0 != "-" }.suffix(4)) }
}
