import Foundation
import JSON
import Notifier
import Signing
import TestKeys
import Testing

/// A service account whose key is made here, and what it signs.
final class PushFiles {
  let keys: KeyFolder
  var account: String { keys.path("account.json") }
  var flags: [String] { ["--fcm-service-account", account, "--login-without-tls"] }

  init(tokenURL: String = "http://127.0.0.1:1/token") throws {
    keys = try KeyFolder()
    try keys.makeCertificate("robot")
    try write(tokenURL: tokenURL)
  }

  func write(tokenURL: String, key: String = "robot") throws {
    let document: [String: String] = [
      "type": "service_account", "project_id": "sen-rewards", "private_key_id": "key-1",
      "private_key": String(decoding: try keys.file("\(key).key"), as: UTF8.self),
      "client_email": "robot@sen-rewards.iam.gserviceaccount.com", "token_uri": tokenURL,
    ]
    try JSONEncoder().encode(document).write(to: URL(fileURLWithPath: account))
  }

  /// The claims of an assertion that the account's key signed; nil: it did not.
  func claims(of assertion: String) throws -> JSONValue? {
    let parts = assertion.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 3, let signature = Self.bytes(parts[2]), let claims = Self.bytes(parts[1]) else { return nil }
    let key = try #require(VerifyingKey(try keys.publicKey("robot")))
    let head = try #require(Self.bytes(parts[0]))
    let header = try JSONValue(parsing: head)
    guard header["alg"]?.string == "RS256", header["kid"]?.string == "key-1",
      key.isValid(signature, of: Array("\(parts[0]).\(parts[1])".utf8))
    else { return nil }
    return try JSONValue(parsing: claims)
  }

  private static func bytes(_ text: String) -> [UInt8]? {
    let plain = text.replacing("-", with: "+").replacing("_", with: "/")
    let padding = String(repeating: "=", count: (4 - plain.utf8.count % 4) % 4)
    return Data(base64Encoded: plain + padding).map { Array($0) }
  }
}
