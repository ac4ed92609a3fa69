import CSodium

/// SHA-256 (FIPS 180-4), by libsodium. It is no signature: anybody can make it.
package enum PlainDigest {
  /// 32 bytes, the same for the same message.
  package static func sha256(of message: [UInt8]) -> [UInt8] {
    var digest = [UInt8](repeating: 0, count: Int(crypto_hash_sha256_BYTES))
    // It fails for no input.
    _ = crypto_hash_sha256(&digest, message, UInt64(message.count))
    return digest
  }
}
