import COpenSSL

/// OpenSSL's `EVP_PKEY`, for the length of one operation.
struct KeyHandle: ~Copyable {
  private let pointer: OpaquePointer

  private static let bitsMin: Int32 = 2_048
  private static let pemBytesMax = 65_536

  // The callback is asked for a password and has none; without it OpenSSL would ask at the terminal.

  init?(privatePEM pem: [UInt8]) {
    self.init(pem) { PEM_read_bio_PrivateKey($0, nil, { _, _, _, _ in -1 }, nil) }
  }

  init?(publicPEM pem: [UInt8]) {
    self.init(pem) { PEM_read_bio_PUBKEY($0, nil, { _, _, _, _ in -1 }, nil) }
  }

  private init?(_ pem: [UInt8], _ read: (OpaquePointer) -> OpaquePointer?) {
    guard pem.count <= Self.pemBytesMax, let memory = BIO_new_mem_buf(pem, Int32(pem.count)) else { return nil }
    defer { BIO_free(memory) }
    // The buffer is read within this call alone.
    guard let pointer = withExtendedLifetime(pem, { read(memory) }) else { return nil }
    self.pointer = pointer
  }

  deinit { EVP_PKEY_free(pointer) }

  var isLongRSA: Bool { EVP_PKEY_is_a(pointer, "RSA") == 1 && EVP_PKEY_get_bits(pointer) >= Self.bitsMin }

  func signature(of message: [UInt8]) -> [UInt8] {
    let context = EVP_MD_CTX_new()
    defer { EVP_MD_CTX_free(context) }
    var count = 0
    guard EVP_DigestSignInit(context, nil, EVP_sha256(), nil, pointer) == 1,
      EVP_DigestSign(context, nil, &count, message, message.count) == 1
    else { preconditionFailure("OpenSSL does not sign with a key that it has read") }
    var signature = [UInt8](repeating: 0, count: count)
    guard EVP_DigestSign(context, &signature, &count, message, message.count) == 1 else {
      preconditionFailure("OpenSSL does not sign with a key that it has read")
    }
    return Array(signature.prefix(count))
  }

  func isValid(_ signature: [UInt8], of message: [UInt8]) -> Bool {
    let context = EVP_MD_CTX_new()
    defer { EVP_MD_CTX_free(context) }
    return EVP_DigestVerifyInit(context, nil, EVP_sha256(), nil, pointer) == 1
      && EVP_DigestVerify(context, signature, signature.count, message, message.count) == 1
  }

  func decrypted(_ sealed: [UInt8]) -> [UInt8]? {
    guard let context = EVP_PKEY_CTX_new(pointer, nil) else { return nil }
    defer { EVP_PKEY_CTX_free(context) }
    var count = 0
    guard EVP_PKEY_decrypt_init(context) == 1, EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING) == 1,
      EVP_PKEY_decrypt(context, nil, &count, sealed, sealed.count) == 1
    else { return nil }
    var opened = [UInt8](repeating: 0, count: count)
    guard EVP_PKEY_decrypt(context, &opened, &count, sealed, sealed.count) == 1 else { return nil }
    return Array(opened.prefix(count))
  }
}
