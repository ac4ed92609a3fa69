import Foundation
import Signing
import Testing

/// Held against what OpenSSL's own command makes of the same keys.
@Suite(.timeLimit(.minutes(10))) struct RSAPrivateKeyTests {
  private static let message = Array("gi-key|000742_R-1".utf8)

  @Test(arguments: ["client.pem", "client-pkcs1.pem"]) func signaturesAreOpenSSLsOwn(file: String) throws {
    let key = try #require(RSAPrivateKey(pem: try TestPartners.key(file)))
    let signature = key.signature(of: Self.message)
    #expect(Data(signature).base64EncodedString() == (try TestPartners.golden("gotitReference")))
    #expect("\(key)" == "an RSA private key")
  }

  @Test func aSignatureIsOfOneMessageAndOneKey() throws {
    let key = try #require(RSAPrivateKey(pem: try TestPartners.key("client.pem")))
    let ours = try #require(try publicKey("client.pub"))
    let theirs = try #require(try publicKey("partner.pub"))
    var signature = key.signature(of: Self.message)
    #expect(ours.isValid(signature, of: Self.message))
    #expect(!ours.isValid(signature, of: Self.message + [0]))
    #expect(!theirs.isValid(signature, of: Self.message))
    #expect(!ours.isValid([], of: Self.message))
    signature[7] ^= 1
    #expect(!ours.isValid(signature, of: Self.message))
  }

  @Test func whatWasEncryptedForUsIsRead() throws {
    let key = try #require(RSAPrivateKey(pem: try TestPartners.key("client.pem")))
    let stranger = try #require(RSAPrivateKey(pem: try TestPartners.key("partner.pem")))
    let sealed = try #require(Data(base64Encoded: try TestPartners.golden("sealedCode")))
    #expect(key.decrypted(Array(sealed)) == Array("4142468304".utf8))
    #expect(stranger.decrypted(Array(sealed)) != Array("4142468304".utf8))
    #expect(key.decrypted([1, 2, 3]) == nil)
  }

  @Test(arguments: ["short.pem", "curve.pem", "locked.pem", "client.pub", "README.md"])
  func otherKeysAreNone(file: String) throws {
    #expect(RSAPrivateKey(pem: try TestPartners.key(file)) == nil)
  }

  @Test(arguments: ["client.pem", "README.md"]) func aPublicKeyIsPublic(file: String) throws {
    #expect(try publicKey(file) == nil)
  }

  private func publicKey(_ file: String) throws -> VerifyingKey? {
    VerifyingKey(String(decoding: try TestPartners.key(file), as: UTF8.self))
  }
}
