/// Stands for an id in 16 bytes, however long the id is: FNV-1a of 128 bits (draft-eastlake-fnv). For lists in rows
/// that grow with what happens. It has to tell apart ids of one purchase, or of one account, and guards nothing.
package struct IdDigest: Hashable, Sendable {
  package let high: UInt64
  package let low: UInt64

  package init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  package init(of text: String) {
    let prime: UInt128 = 0x0000_0000_0100_0000_0000_0000_0000_013B
    var hash: UInt128 = 0x6C62_272E_07BB_0142_62B8_2175_6295_C58D
    var text = text
    text.withUTF8 { for byte in $0 { hash = (hash ^ UInt128(byte)) &* prime } }
    self.init(high: UInt64(truncatingIfNeeded: hash >> 64), low: UInt64(truncatingIfNeeded: hash))
  }

  /// 32 hexadecimal digits.
  package var hexadecimal: String {
    [high, low].map { word in
      let digits = String(word, radix: 16)
      return String(repeating: "0", count: 16 - digits.utf8.count) + digits
    }.joined()
  }
}
