import Foundation

/// A signing key as OpenSSL writes it: PKCS #8 in PEM (RFC 8410), not encrypted.
extension SigningKey {
  /// Everything of the DER before the seed: version 0, the algorithm Ed25519, an octet string in an octet string.
  private static let prefix: [UInt8] = [
    0x30, 0x2E, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20,
  ]
  private static let begin = "-----BEGIN PRIVATE KEY-----"
  private static let end = "-----END PRIVATE KEY-----"

  package var pem: String { "\(Self.begin)\n\(Data(Self.prefix + seed).base64EncodedString())\n\(Self.end)\n" }

  /// nil where the text is no such key.
  package init?(pem: String) {
    let lines = pem.split { $0.isNewline }.map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
    guard lines.first == Self.begin, lines.last == Self.end,
      let der = Data(base64Encoded: lines.dropFirst().dropLast().joined()),
      der.count == Self.prefix.count + Ed25519.seedBytes, der.starts(with: Self.prefix)
    else { return nil }
    self.init(seed: Array(der.dropFirst(Self.prefix.count)))
  }
}
