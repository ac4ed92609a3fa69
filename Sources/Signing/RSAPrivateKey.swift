import COpenSSL

/// A key with which others know us: RSA of 2,048 bits or more, as OpenSSL writes it in PEM, not encrypted.
///
/// The text is kept and read anew for each signature: that takes less than a thousandth of a call, and no pointer of a
/// library's is shared between threads.
package struct RSAPrivateKey: Sendable, CustomStringConvertible {
  private let pem: [UInt8]

  private static let bytesMax = 65_536

  /// PKCS #8 or PKCS #1. nil where the text is no such key, needs a password, or is shorter than 2,048 bits.
  package init?(pem: [UInt8]) {
    guard let key = Self.read(pem) else { return nil }
    defer { EVP_PKEY_free(key) }
    guard VerifyingKey.isLongRSA(key) else { return nil }
    self.pem = pem
  }

  package var description: String { "an RSA private key" }

  /// SHA-256 with RSA (RSASSA-PKCS1-v1_5, RFC 8017 §8.2): the same for the same message.
  package func signature(of message: [UInt8]) -> [UInt8] {
    withKey { key in
      let context = EVP_MD_CTX_new()
      defer { EVP_MD_CTX_free(context) }
      var count = Int(EVP_PKEY_get_size(key))
      var signature = [UInt8](repeating: 0, count: count)
      guard EVP_DigestSignInit(context, nil, EVP_sha256(), nil, key) == 1,
        EVP_DigestSign(context, &signature, &count, message, message.count) == 1
      else { preconditionFailure("OpenSSL does not sign with a key that it has read") }
      return Array(signature.prefix(count))
    }
  }

  /// What was encrypted for us (RSAES-PKCS1-v1_5, RFC 8017 §7.2); nil: it was not, or with another key.
  package func decrypted(_ sealed: [UInt8]) -> [UInt8]? {
    withKey { key in
      let context = EVP_PKEY_CTX_new(key, nil)
      defer { EVP_PKEY_CTX_free(context) }
      var count = Int(EVP_PKEY_get_size(key))
      var opened = [UInt8](repeating: 0, count: count)
      guard EVP_PKEY_decrypt_init(context) == 1, EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING) == 1,
        EVP_PKEY_decrypt(context, &opened, &count, sealed, sealed.count) == 1
      else { return nil }
      return Array(opened.prefix(count))
    }
  }

  private func withKey<Result>(_ body: (OpaquePointer) -> Result) -> Result {
    guard let key = Self.read(pem) else { preconditionFailure("a key that was read cannot be read again") }
    defer {
      EVP_PKEY_free(key)
      // A refusal leaves a reason in a queue of the thread's, which nobody reads.
      ERR_clear_error()
    }
    return body(key)
  }

  /// To be freed by the caller.
  private static func read(_ pem: [UInt8]) -> OpaquePointer? {
    guard !pem.isEmpty, pem.count <= bytesMax else { return nil }
    defer { ERR_clear_error() }
    return pem.withUnsafeBytes { bytes in
      guard let input = BIO_new_mem_buf(bytes.baseAddress, Int32(bytes.count)) else { return nil }
      defer { BIO_free(input) }
      // It is asked for a password and has none; without it OpenSSL would ask at the terminal.
      return PEM_read_bio_PrivateKey(input, nil, { _, _, _, _ in -1 }, nil)
    }
  }
}
