import Foundation

/// An OAUTHBEARER token (RFC 7519): what authenticates, for whom and until when. It is a secret, and shown nowhere.
struct KafkaToken: CustomStringConvertible {
  let value: String
  /// The claim `sub`, which brokers log.
  let principal: String
  /// The claim `exp`, milliseconds since the epoch.
  let expiresMs: Int64

  var description: String { "a token until \(expiresMs)" }

  /// Reads the claims of a JWT; its signature is the broker's to judge. White space around it is no part of it.
  init(parsing text: String) throws(KafkaTokenFault) {
    value = text.trimmingCharacters(in: .whitespacesAndNewlines)
    let parts = value.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 3, let payload = Self.bytes(base64URL: parts[1]),
      let claims = try? JSONSerialization.jsonObject(with: payload) as? [String: Any]
    else { throw KafkaTokenFault("holds no JWT: three parts of base64url with points between them") }
    guard let subject = claims["sub"] as? String, !subject.isEmpty else {
      throw KafkaTokenFault("holds a JWT without the claim 'sub'")
    }
    guard let expires = (claims["exp"] as? NSNumber)?.doubleValue, (1...Self.expiresSMax).contains(expires) else {
      throw KafkaTokenFault("holds a JWT without the claim 'exp', the time at which it expires")
    }
    principal = subject
    expiresMs = Int64(expires * 1000)
  }

  /// The year 9999.
  private static let expiresSMax = 253_402_300_799.0

  /// RFC 4648 §5, without padding.
  private static func bytes(base64URL text: Substring) -> Data? {
    let plain = text.replacing("-", with: "+").replacing("_", with: "/")
    return Data(base64Encoded: plain + String(repeating: "=", count: (4 - plain.utf8.count % 4) % 4))
  }
}

/// Why there is no token: words to follow its source. Never any part of what the source holds.
struct KafkaTokenFault: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) {
    self.description = description
  }
}
