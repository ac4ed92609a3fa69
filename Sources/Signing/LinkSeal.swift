import CSodium

/// Seals a few bytes into a token for a link, and opens it again.
///
///     tag = the first 24 bytes of HMAC-SHA-256(bytes)      token = base64url(tag, XChaCha20(bytes), the tag its nonce)
///
/// The same bytes make the same token, so that a message that is sent again has the same link; it never expires. Nobody
/// without a secret can make a token, or learn from one more than how long its bytes are.
package struct LinkSeal: Sendable {
  /// One a secret; the first seals, any of them opens.
  private let keys: [Key]

  private struct Key: Sendable {
    let ofTag: HMACSHA256
    let ofText: [UInt8]
  }

  /// So many characters of a secret are the least.
  package static let secretLengthMin = 32
  /// So many secrets at once are the most: a rotation takes two.
  package static let secretsMax = 8
  private static let tagBytes = 24
  private static let keyBytes = 32
  /// No link is so long.
  private static let tokenLengthMax = 2_048

  /// - Parameter text: secrets with white space between them. nil where there is none, one is too short, or there are
  ///   too many.
  package init?(secrets text: String) {
    let secrets = text.split { $0.isWhitespace }
    guard (1...Self.secretsMax).contains(secrets.count), secrets.allSatisfy({ $0.utf8.count >= Self.secretLengthMin })
    else { return nil }
    precondition(sodium_init() >= 0, "libsodium cannot be started")
    keys = secrets.map { secret in
      let key = BLAKE2b.digest(of: String(secret), count: Self.keyBytes)
      return Key(
        ofTag: HMACSHA256(key: BLAKE2b.digest(of: "stampede link tag", key: key, count: Self.keyBytes)),
        ofText: BLAKE2b.digest(of: "stampede link text", key: key, count: Self.keyBytes))
    }
  }

  package func seal(_ bytes: [UInt8]) -> String {
    let tag = Self.tag(bytes, keys[0])
    return Self.base64URL(tag + Self.streamed(bytes, keys[0], tag))
  }

  /// nil where no secret has made it. Every secret is tried, and tags are compared in constant time.
  package func open(_ token: String) -> [UInt8]? {
    let sealed = token.utf8.count <= Self.tokenLengthMax ? Self.bytes(base64URL: token) : nil
    // What is no token is tried as well, so that it takes as long.
    let found = sealed.flatMap { $0.count > Self.tagBytes ? $0 : nil } ?? [UInt8](repeating: 0, count: 64)
    let tag = Array(found.prefix(Self.tagBytes))
    var opened: [UInt8]?
    for key in keys {
      let bytes = Self.streamed(Array(found.dropFirst(Self.tagBytes)), key, tag)
      if sodium_memcmp(Self.tag(bytes, key), tag, Self.tagBytes) == 0 { opened = bytes }
    }
    return opened
  }

  private static func tag(_ bytes: [UInt8], _ key: Key) -> [UInt8] {
    Array(key.ofTag.digest(of: bytes).prefix(tagBytes))
  }

  private static func streamed(_ bytes: [UInt8], _ key: Key, _ nonce: [UInt8]) -> [UInt8] {
    var streamed = bytes
    // It fails for no input.
    _ = crypto_stream_xchacha20_xor(&streamed, bytes, UInt64(bytes.count), nonce, key.ofText)
    return streamed
  }

  // MARK: base64url without padding (RFC 4648 §5)

  private static let variant = sodium_base64_VARIANT_URLSAFE_NO_PADDING

  private static func base64URL(_ bytes: [UInt8]) -> String {
    var text = [CChar](repeating: 0, count: sodium_base64_encoded_len(bytes.count, variant))
    guard sodium_bin2base64(&text, text.count, bytes, bytes.count, variant) != nil else {
      preconditionFailure("libsodium writes no base64")
    }
    return String(decoding: text.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// nil where it is none, or not as ``base64URL(_:)`` writes it.
  private static func bytes(base64URL text: String) -> [UInt8]? {
    var bytes = [UInt8](repeating: 0, count: text.utf8.count)
    var count = 0
    let failure = sodium_base642bin(&bytes, bytes.count, text, text.utf8.count, nil, &count, nil, variant)
    return failure == 0 && count > 0 ? Array(bytes.prefix(count)) : nil
  }
}
