/// By which a code is found where the code itself is not kept: the first 16 bytes of a keyed digest.
package struct CodeDigest: Hashable, Sendable {
  package let high: UInt64
  package let low: UInt64

  /// - Parameters:
  ///   - code: as it was given out. Its hyphens do not count.
  ///   - digest: under the key of vouchers, which is none of the pools' secrets.
  package init(of code: String, digest: KeyedDigest) {
    let bytes = digest(Array("voucher-digest\n".utf8) + code.utf8.filter { $0 != UInt8(ascii: "-") })
    precondition(bytes.count == 32, "a digest of \(bytes.count) bytes")
    high = bytes[..<8].reduce(0) { $0 << 8 | UInt64($1) }
    low = bytes[8..<16].reduce(0) { $0 << 8 | UInt64($1) }
  }

  /// 32 hexadecimal digits.
  package var hexadecimal: String {
    [high, low].map { word in
      let digits = String(word, radix: 16)
      return String(repeating: "0", count: 16 - digits.utf8.count) + digits
    }.joined()
  }

  /// What of a code may be shown.
  package static func lastCharacters(of code: String) -> String { String(code.filter { $0 != "-" }.suffix(4)) }
}
