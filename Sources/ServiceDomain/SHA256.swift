import CSodium

/// SHA-256 (FIPS 180-4, by libsodium) of short texts. It stands for an id where the id itself may not be kept.
package enum SHA256 {
  /// The digest as 64 hexadecimal digits.
  package static func hexadecimal(of text: String) -> String {
    var digest = [UInt8](repeating: 0, count: Int(crypto_hash_sha256_BYTES))
    var text = text
    // It fails for no input.
    _ = text.withUTF8 { crypto_hash_sha256(&digest, $0.baseAddress, UInt64($0.count)) }
    return digest.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }
}
