import CSodium

/// HMAC-SHA-256 (RFC 2104 over FIPS 180-4, by libsodium): a digest that nobody makes or checks without the key. The
/// domain, which knows no library, takes ``digest(of:)`` as a function.
package struct HMACSHA256: Sendable {
  private let key: [UInt8]

  /// - Parameter key: of any length; 32 bytes of randomness are enough.
  package init(key: [UInt8]) { self.key = key }

  /// 32 bytes, the same for the same message.
  package func digest(of message: [UInt8]) -> [UInt8] {
    var state = crypto_auth_hmacsha256_state()
    var digest = [UInt8](repeating: 0, count: Int(crypto_auth_hmacsha256_BYTES))
    // They fail for no input.
    _ = crypto_auth_hmacsha256_init(&state, key, key.count)
    _ = crypto_auth_hmacsha256_update(&state, message, UInt64(message.count))
    _ = crypto_auth_hmacsha256_final(&state, &digest)
    return digest
  }
}
