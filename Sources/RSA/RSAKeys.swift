/// A key with which a partner knows us: RSA of 2,048 bits or more, as OpenSSL writes it in PEM, not encrypted.
///
/// The text is kept and read anew for each signature: that takes less than a thousandth of a call, and no pointer of a
/// library's is shared between threads.
package struct RSAPrivateKey: Sendable, CustomStringConvertible {
  private let pem: [UInt8]

  /// PKCS #8 or PKCS #1. nil where the text is no such key, needs a password, or is shorter than 2,048 bits.
  package init?(pem: [UInt8]) {
    guard let key = KeyHandle(privatePEM: pem), key.isLongRSA else { return nil }
    self.pem = pem
  }

  /// SHA-256 with RSA (RSASSA-PKCS1-v1_5, RFC 8017 §8.2): the same for the same message.
  package func signature(of message: [UInt8]) -> [UInt8] { handle.signature(of: message) }

  /// What was encrypted for us (RSAES-PKCS1-v1_5, RFC 8017 §7.2); nil: it was not, or with another key.
  package func decrypted(_ sealed: [UInt8]) -> [UInt8]? { handle.decrypted(sealed) }

  package var description: String { "an RSA private key" }

  private var handle: KeyHandle {
    guard let key = KeyHandle(privatePEM: pem) else { preconditionFailure("a key that was read cannot be read again") }
    return key
  }
}

/// A partner's key, by which its answers are known.
package struct RSAPublicKey: Sendable {
  private let pem: [UInt8]

  /// SubjectPublicKeyInfo. nil where the text is no such key, or is shorter than 2,048 bits.
  package init?(pem: [UInt8]) {
    guard let key = KeyHandle(publicPEM: pem), key.isLongRSA else { return nil }
    self.pem = pem
  }

  /// Whether the key's owner signed the message with SHA-256 and RSA.
  package func isValid(_ signature: [UInt8], of message: [UInt8]) -> Bool {
    KeyHandle(publicPEM: pem)?.isValid(signature, of: message) ?? false
  }
}
