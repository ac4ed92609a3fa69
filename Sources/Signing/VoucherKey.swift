/// The key of vouchers: it seals codes, finds them by a digest, and makes those of our own. It comes of the secrets of
/// one file. Whoever has them can tell every code.
///
///     digest  = HMAC-SHA-256 under the last secret
///     codes   = HMAC-SHA-256 under a key that HMAC-SHA-256 makes of the last secret and the pool's id
///     sealed  = as ``LinkSeal`` does under the first; any of them opens
///
/// So a new secret goes before the others: codes that were given out are still found, and made again the same.
package struct VoucherKey: Sendable {
  private let seal: LinkSeal
  private let last: [UInt8]

  /// So many characters of a secret are the least.
  package static let secretLengthMin = LinkSeal.secretLengthMin

  /// - Parameter text: secrets with white space between them. nil where there is none, one is too short, or there are
  ///   too many.
  package init?(secrets text: String) {
    guard let seal = LinkSeal(secrets: text), let last = text.split(whereSeparator: \.isWhitespace).last else {
      return nil
    }
    self.seal = seal
    self.last = Array(last.utf8)
  }

  /// Under the key of vouchers, for the digest by which a code is found.
  package var digest: @Sendable (_ message: [UInt8]) -> [UInt8] {
    let hash = HMACSHA256(key: HMACSHA256(key: last).digest(of: Array("stampede voucher digest".utf8)))
    return { hash.digest(of: $0) }
  }

  /// Under a pool's own secret, for the codes that are made for it.
  package func digest(ofPool pool: String) -> @Sendable (_ message: [UInt8]) -> [UInt8] {
    let hash = HMACSHA256(key: HMACSHA256(key: last).digest(of: Array("stampede voucher pool\n\(pool)".utf8)))
    return { hash.digest(of: $0) }
  }

  /// The same code is sealed the same, so that what is replayed is the same.
  package func seal(_ code: String) -> String { seal.seal(Array(code.utf8)) }

  /// nil where no secret of this key has sealed it.
  package func open(_ sealed: String) -> String? { seal.open(sealed).map { String(decoding: $0, as: UTF8.self) } }
}
