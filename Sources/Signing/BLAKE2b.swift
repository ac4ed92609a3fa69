import CSodium

/// BLAKE2b (RFC 7693, by libsodium).
package enum BLAKE2b {
  /// - Parameters:
  ///   - key: none, or 16 to 64 bytes.
  ///   - count: of the digest's bytes, 16 to 64.
  package static func digest(of text: String, key: [UInt8] = [], count: Int) -> [UInt8] {
    var digest = [UInt8](repeating: 0, count: count)
    var text = text
    let failure = text.withUTF8 {
      crypto_generichash(&digest, count, $0.baseAddress, UInt64($0.count), key.isEmpty ? nil : key, key.count)
    }
    // It fails for lengths that the library does not take alone.
    precondition(failure == 0, "BLAKE2b refuses a digest of \(count) bytes under a key of \(key.count)")
    return digest
  }
}
