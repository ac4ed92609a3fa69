import Foundation
import JSON
import Signing

/// A service account of Google's, as the file with its key describes it.
package struct ServiceAccount: Sendable {
  package let projectId: String
  /// Where a signed assertion is changed for an access token.
  package let tokenURL: String
  private let email: String
  private let keyId: String?
  private let key: RSAPrivateKey

  /// Why a file describes none, in words that repeat nothing of it.
  package struct Fault: Error, Equatable {
    package let text: String
  }

  private static let bytesMax = 65_536
  private static let scope = "https://www.googleapis.com/auth/firebase.messaging"
  /// Google takes none that are to count for longer.
  private static let assertionS: Int64 = 3_600

  package init(file: String) throws(Fault) {
    guard let handle = FileHandle(forReadingAtPath: file) else { throw Fault(text: "cannot be read") }
    defer { try? handle.close() }
    guard let bytes = try? handle.read(upToCount: Self.bytesMax) else { throw Fault(text: "cannot be read") }
    try self.init(parsing: Array(bytes))
  }

  package init(parsing bytes: [UInt8]) throws(Fault) {
    guard let json = try? JSONValue(parsing: bytes) else { throw Fault(text: "holds no JSON") }
    func text(_ name: String) throws(Fault) -> String {
      guard let text = json[name]?.string, !text.isEmpty else { throw Fault(text: "has no \(name)") }
      return text
    }
    guard try text("type") == "service_account" else { throw Fault(text: "is no key of a service account") }
    projectId = try text("project_id")
    let isName = projectId.utf8.allSatisfy {
      (0x30...0x39).contains($0) || (0x61...0x7A).contains($0) || (0x41...0x5A).contains($0) || "-.:_".utf8.contains($0)
    }
    guard isName else { throw Fault(text: "has a project_id with other signs than letters, digits, -, . and :") }
    email = try text("client_email")
    tokenURL = try text("token_uri")
    keyId = json["private_key_id"]?.string
    guard let key = RSAPrivateKey(pem: Array(try text("private_key").utf8)) else {
      throw Fault(text: "has a private_key that is no RSA key of 2,048 bits or more in PEM")
    }
    self.key = key
  }

  /// What is changed for an access token (RFC 7523): a JWT that the account's key signs (RS256).
  package func assertion(atS nowS: Int64) -> String {
    var header = JSONWriter()
    header.beginObject()
    header.field("alg", "RS256")
    header.field("typ", "JWT")
    header.field("kid", keyId)
    header.endObject()
    var claims = JSONWriter()
    claims.beginObject()
    claims.field("iss", email)
    claims.field("scope", Self.scope)
    claims.field("aud", tokenURL)
    claims.field("iat", nowS)
    claims.field("exp", nowS + Self.assertionS)
    claims.endObject()
    let signed = Self.base64URL(header.bytes) + "." + Self.base64URL(claims.bytes)
    return signed + "." + Self.base64URL(key.signature(of: Array(signed.utf8)))
  }

  private static func base64URL(_ bytes: [UInt8]) -> String {
    Data(bytes).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
  }
}
