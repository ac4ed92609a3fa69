import Foundation
import Signing
import TestKeys
import Testing

/// What others sign, by keys that openssl made.
@Suite(.timeLimit(.minutes(10))) struct VerifyingKeyTests {
  private let message = Array("a message".utf8)
  /// An hour ahead: a certificate that is made here counts then, however long that takes.
  private let now = Int64(Date().timeIntervalSince1970) + 3_600

  @Test func theHolderOfACertificateSigns() throws {
    let keys = try KeyFolder()
    try keys.makeCertificate("sns")
    try keys.makeCertificate("other")
    let key = try #require(VerifyingKey(certificate: try keys.file("sns.pem"), at: now))
    let signature = try keys.signature("sns", of: message)
    #expect(key.isValid(signature, of: message))
    #expect(!key.isValid(signature, of: message + [0]))
    #expect(!key.isValid(Array(signature.dropLast()), of: message) && !key.isValid([], of: message))
    #expect(!key.isValid(try keys.signature("other", of: message), of: message))
    #expect(!key.isValid(try keys.signature("sns", of: message, digest: "sha1"), of: message))
    #expect(key == VerifyingKey(try keys.publicKey("sns")))
  }

  @Test func aCertificateCountsInItsTime() throws {
    let keys = try KeyFolder()
    try keys.makeCertificate("sns")
    let pem = try keys.file("sns.pem")
    #expect(VerifyingKey(certificate: pem, at: now - 86_400) == nil)
    #expect(VerifyingKey(certificate: pem, at: now + 3 * 86_400) == nil)
    #expect(VerifyingKey(certificate: pem, at: now + 86_400) != nil)
    #expect(VerifyingKey(certificate: Array("-----BEGIN CERTIFICATE-----\nAAAA\n".utf8), at: now) == nil)
    #expect(VerifyingKey(certificate: [], at: now) == nil)
  }

  @Test func p256Signs() throws {
    let keys = try KeyFolder()
    try keys.makeECKey("grid")
    let text = try keys.publicKey("grid")
    let key = try #require(VerifyingKey(text))
    #expect(key == VerifyingKey("-----BEGIN PUBLIC KEY-----\n\(text)\n-----END PUBLIC KEY-----\n"))
    let signature = try keys.signature("grid", of: message)
    #expect(key.isValid(signature, of: message) && !key.isValid(signature, of: [1] + message))
    #expect(!key.isValid([UInt8](repeating: 0, count: signature.count), of: message))
  }

  /// Weak keys and other curves are not taken, and what is no key is none.
  @Test func onlyTheseKindsOfKeysAreTaken() throws {
    let keys = try KeyFolder()
    try keys.makeCertificate("weak", bits: 1_024)
    #expect(VerifyingKey(certificate: try keys.file("weak.pem"), at: now) == nil)
    try keys.makeECKey("large", curve: "P-384")
    #expect(VerifyingKey(try keys.publicKey("large")) == nil)
    for text in ["", "no key", "AAAA", String(repeating: "A", count: 70_000)] { #expect(VerifyingKey(text) == nil) }
  }
}
