import Signing
import StreamRuntime

/// What stands for a card number, a phone number or an e-mail address where these may not be written down: 16 bytes of
/// BLAKE2b (RFC 7693, by libsodium) under a secret. Without the secret a phone number cannot be found again by trying
/// all of them.
package struct ContactDigest: Hashable, Sendable, StoreKey {
  package let high: UInt64
  package let low: UInt64

  package static let bytesCount = 16

  package init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  /// 32 hexadecimal digits, as on topics.
  package init?(hexadecimal text: String) {
    guard text.utf8.count == 2 * Self.bytesCount, let high = UInt64(text.prefix(16), radix: 16),
      let low = UInt64(text.suffix(16), radix: 16)
    else { return nil }
    self.init(high: high, low: low)
  }

  package var hexadecimal: String { Self.padded(high) + Self.padded(low) }

  /// Of a row's key, which must not begin with a zero byte, as one digest in 256 does.
  private static let keyMark: UInt8 = 1

  package func encode(to buffer: ByteBuffer) {
    buffer.append(Self.keyMark)
    for word in [high, low] { withUnsafeBytes(of: word.bigEndian) { buffer.append($0) } }
  }

  package init(decoding bytes: UnsafeRawBufferPointer) throws {
    guard bytes.count == 1 + Self.bytesCount, bytes[0] == Self.keyMark else {
      throw RowFormatError("a contact's digest of \(bytes.count) bytes")
    }
    high = UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 1, as: UInt64.self))
    low = UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 9, as: UInt64.self))
  }

  private static func padded(_ word: UInt64) -> String {
    let digits = String(word, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}

/// Makes the digests of one installation. All instances of a service must be given the same secret.
package struct ContactDigester: Sendable {
  private let key: [UInt8]

  /// - Parameter secret: of any length; the key is its own BLAKE2b digest.
  package init(secret: String) {
    key = BLAKE2b.digest(of: secret, count: 32)
  }

  /// - Parameters:
  ///   - kind: keeps a card number apart from a phone number of the same digits.
  ///   - text: normalised, so that one contact has one digest.
  package func digest(_ kind: String, _ text: String) -> ContactDigest {
    let bytes = BLAKE2b.digest(of: kind + ":" + text, key: key, count: ContactDigest.bytesCount)
    return bytes.withUnsafeBytes {
      ContactDigest(
        high: UInt64(bigEndian: $0.loadUnaligned(as: UInt64.self)),
        low: UInt64(bigEndian: $0.loadUnaligned(fromByteOffset: 8, as: UInt64.self)))
    }
  }

  /// Of a phone number in E.164.
  package func digest(ofPhone phone: String) -> ContactDigest { digest("phone", phone) }

  /// Tells what was made under another secret, or by a release that made other digests.
  package var check: ContactDigest { digest("check", "contacts, format 2") }
}
