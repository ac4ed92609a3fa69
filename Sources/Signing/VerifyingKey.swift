import COpenSSL
import Foundation

/// A public key of somebody else's, by which what they signed is known as theirs: RSA (PKCS #1 v1.5) of 2,048 bits or
/// more, or ECDSA on P-256, over SHA-256. By OpenSSL.
package struct VerifyingKey: Equatable, Sendable {
  /// SubjectPublicKeyInfo (RFC 5280).
  private let der: [UInt8]

  private static let bytesMax = 65_536
  private static let rsaBitsMin: Int32 = 2_048
  private static let begin = "-----BEGIN PUBLIC KEY-----"
  private static let end = "-----END PUBLIC KEY-----"

  /// - Parameter text: the key's DER in base 64, as providers show it, or the same in PEM. nil: no key of these kinds.
  package init?(_ text: String) {
    let plain = text.replacing(Self.begin, with: "").replacing(Self.end, with: "")
    let letters = String(plain.unicodeScalars.filter { !$0.properties.isWhitespace })
    guard text.utf8.count <= Self.bytesMax, let der = Data(base64Encoded: letters) else { return nil }
    self.init(der: Array(der))
  }

  /// The key of a certificate that counts at this moment.
  /// - Parameters:
  ///   - pem: X.509 in PEM; of several the first.
  ///   - now: seconds since 1970. nil comes back before and after the certificate's time, and where it is none.
  package init?(certificate pem: [UInt8], at now: Int64) {
    guard !pem.isEmpty, pem.count <= Self.bytesMax else { return nil }
    let der = pem.withUnsafeBytes { bytes -> [UInt8]? in
      guard let input = BIO_new_mem_buf(bytes.baseAddress, Int32(bytes.count)) else { return nil }
      defer {
        BIO_free(input)
        ERR_clear_error()
      }
      guard let certificate = PEM_read_bio_X509(input, nil, nil, nil) else { return nil }
      defer { X509_free(certificate) }
      var moment = time_t(now)
      guard X509_cmp_time(X509_get0_notBefore(certificate), &moment) < 0,
        X509_cmp_time(X509_get0_notAfter(certificate), &moment) > 0, let key = X509_get0_pubkey(certificate)
      else { return nil }
      return Self.der(of: key)
    }
    guard let der else { return nil }
    self.init(der: der)
  }

  private init?(der: [UInt8]) {
    guard let key = Self.key(der) else { return nil }
    defer { EVP_PKEY_free(key) }
    guard Self.isTaken(key) else { return nil }
    self.der = der
  }

  /// Whether the key's holder signed a message. ECDSA's signatures are DER, as OpenSSL writes them.
  package func isValid(_ signature: [UInt8], of message: [UInt8]) -> Bool {
    guard !signature.isEmpty, let key = Self.key(der), let context = EVP_MD_CTX_new() else { return false }
    defer {
      EVP_MD_CTX_free(context)
      EVP_PKEY_free(key)
      // A refusal leaves a reason in a queue of the thread's, which nobody reads.
      ERR_clear_error()
    }
    guard EVP_DigestVerifyInit(context, nil, EVP_sha256(), nil, key) == 1 else { return false }
    return EVP_DigestVerify(context, signature, signature.count, message, message.count) == 1
  }

  // MARK: OpenSSL's

  /// To be freed by the caller.
  private static func key(_ der: [UInt8]) -> OpaquePointer? {
    guard !der.isEmpty, der.count <= bytesMax else { return nil }
    defer { ERR_clear_error() }
    return der.withUnsafeBufferPointer { bytes in
      var start = bytes.baseAddress
      return d2i_PUBKEY(nil, &start, bytes.count)
    }
  }

  private static func der(of key: OpaquePointer) -> [UInt8]? {
    let count = i2d_PUBKEY(key, nil)
    guard count > 0 else { return nil }
    var der = [UInt8](repeating: 0, count: Int(count))
    let written = der.withUnsafeMutableBufferPointer { bytes in
      var start = bytes.baseAddress
      return i2d_PUBKEY(key, &start)
    }
    return written == count ? der : nil
  }

  static func isLongRSA(_ key: OpaquePointer) -> Bool {
    EVP_PKEY_is_a(key, "RSA") == 1 && EVP_PKEY_get_bits(key) >= rsaBitsMin
  }

  private static func isTaken(_ key: OpaquePointer) -> Bool {
    if isLongRSA(key) { return true }
    guard EVP_PKEY_is_a(key, "EC") == 1 else { return false }
    var name = [CChar](repeating: 0, count: 32)
    var length = 0
    guard EVP_PKEY_get_group_name(key, &name, name.count, &length) == 1 else { return false }
    return name.prefix(length).elementsEqual("prime256v1".utf8.map { CChar($0) })
  }
}
