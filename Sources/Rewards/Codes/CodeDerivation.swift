/// 32 bytes that nobody can tell without the key that is in it: HMAC-SHA-256 (RFC 2104) of the bytes. Whoever calls the
/// domain brings it.
package typealias KeyedDigest = @Sendable (_ message: [UInt8]) -> [UInt8]

/// Makes a pool's codes out of the ids of what they are issued for: the same id has the same code, however often it is
/// asked for, and nobody can guess it.
package struct CodeDerivation: Sendable {
  package let pool: String
  package let pattern: CodePattern
  /// Under the pool's secret.
  private let digest: KeyedDigest

  /// As many codes in a row are never taken where ``CodeRoom`` lets a pool be.
  package static let counterMax = 100

  package init(pool: String, pattern: CodePattern, digest: @escaping KeyedDigest) {
    self.pool = pool
    self.pattern = pattern
    self.digest = digest
  }

  /// - Parameter counter: 0, and one more for each code before it that belonged to somebody else.
  package func code(for issue: String, counter: Int = 0) -> String {
    let bytes = digest(Array("voucher-code\n\(pool)\n\(issue)\n\(counter)".utf8))
    precondition(bytes.count == 32, "a digest of \(bytes.count) bytes")
    return pattern.code(of: drawn(bytes))
  }

  /// The first code that nobody else has; nil where none of ``counterMax`` is free.
  package func freeCode(for issue: String, isTaken: (String) -> Bool) -> (code: String, counter: Int)? {
    for counter in 0..<CodeDerivation.counterMax {
      let code = code(for: issue, counter: counter)
      if !isTaken(code) { return (code, counter) }
    }
    return nil
  }

  /// The digest as one number of 256 bits, in digits of the alphabet, the lowest first. What is over of 2²⁵⁶ makes no
  /// character likelier by more than 2⁻⁶⁰.
  private func drawn(_ bytes: [UInt8]) -> [UInt8] {
    var number = bytes
    let base = pattern.alphabet.characters.count
    return (0..<pattern.drawnCount).map { _ in
      var remainder = 0
      for index in number.indices {
        let value = remainder << 8 | Int(number[index])
        number[index] = UInt8(value / base)
        remainder = value % base
      }
      return pattern.alphabet.characters[remainder]
    }
  }
}
