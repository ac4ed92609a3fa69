import CSodium

/// SHA-256 (FIPS 180-4, by libsodium). It stands for an id where the id itself may not be kept, and for a document
/// where the whole of it need not be.
package enum SHA256 {
  package static func digest(of bytes: UnsafeRawBufferPointer) -> [UInt8] {
    var digest = [UInt8](repeating: 0, count: Int(crypto_hash_sha256_BYTES))
    // It fails for no input.
    _ = crypto_hash_sha256(&digest, bytes.bindMemory(to: UInt8.self).baseAddress, UInt64(bytes.count))
    return digest
  }

  /// The digest as 64 hexadecimal digits.
  package static func hexadecimal(of text: String) -> String {
    var text = text
    let digest = text.withUTF8 { Self.digest(of: UnsafeRawBufferPointer($0)) }
    return digest.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }
}
