import CSodium

/// Compares a secret with what somebody has sent, in a time that tells nothing of either.
package enum ConstantTime {
  package static func isSame(_ first: String, _ second: String) -> Bool {
    let (first, second) = (digest(first), digest(second))
    return sodium_memcmp(first, second, first.count) == 0
  }

  /// Of one length, whatever the text's.
  private static func digest(_ text: String) -> [UInt8] {
    var digest = [UInt8](repeating: 0, count: Int(crypto_hash_sha256_BYTES))
    let bytes = Array(text.utf8)
    // It fails for no input.
    _ = crypto_hash_sha256(&digest, bytes, UInt64(bytes.count))
    return digest
  }
}
