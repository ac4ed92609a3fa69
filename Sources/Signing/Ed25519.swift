import CSodium

/// Signatures by Ed25519 (RFC 8032, by libsodium).
package enum Ed25519 {
  package static let publicKeyBytes = 32
  package static let seedBytes = 32
  package static let signatureBytes = 64

  /// Whether the holder of a public key signed a message. False for what is no key or no signature.
  package static func isValid(_ signature: [UInt8], of message: [UInt8], by publicKey: [UInt8]) -> Bool {
    guard signature.count == signatureBytes, publicKey.count == publicKeyBytes else { return false }
    return crypto_sign_verify_detached(signature, message, UInt64(message.count), publicKey) == 0
  }
}

/// What signs: 32 secret bytes, and the public key that follows from them.
package struct SigningKey: Sendable {
  package let publicKey: [UInt8]
  let seed: [UInt8]
  /// As libsodium wants it: the seed, then the public key.
  private let secretKey: [UInt8]

  /// From the system's own randomness.
  package static func random() -> SigningKey {
    // It fails where the system has no randomness, and may be called as often as one likes.
    precondition(sodium_init() >= 0, "libsodium cannot be started")
    var seed = [UInt8](repeating: 0, count: Ed25519.seedBytes)
    randombytes_buf(&seed, seed.count)
    return SigningKey(seed: seed)
  }

  /// - Parameter seed: 32 bytes.
  init(seed: [UInt8]) {
    precondition(seed.count == Ed25519.seedBytes, "a seed has \(Ed25519.seedBytes) bytes")
    var publicKey = [UInt8](repeating: 0, count: Ed25519.publicKeyBytes)
    var secretKey = [UInt8](repeating: 0, count: Ed25519.seedBytes + Ed25519.publicKeyBytes)
    // It fails for no seed.
    _ = crypto_sign_seed_keypair(&publicKey, &secretKey, seed)
    self.seed = seed
    self.publicKey = publicKey
    self.secretKey = secretKey
  }

  /// 64 bytes, the same for the same message.
  package func signature(of message: [UInt8]) -> [UInt8] {
    var signature = [UInt8](repeating: 0, count: Ed25519.signatureBytes)
    // It fails for no message.
    _ = crypto_sign_detached(&signature, nil, message, UInt64(message.count), secretKey)
    return signature
  }

  /// What the key is called unless somebody gives it a name: the first 16 hexadecimal digits of the public key's
  /// SHA-256.
  package static func id(of publicKey: [UInt8]) -> String {
    var digest = [UInt8](repeating: 0, count: Int(crypto_hash_sha256_BYTES))
    // It fails for no input.
    _ = crypto_hash_sha256(&digest, publicKey, UInt64(publicKey.count))
    return digest.prefix(8).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }

  package var id: String { Self.id(of: publicKey) }
}
