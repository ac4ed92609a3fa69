import Foundation
import Signing
import Testing

@Suite(.timeLimit(.minutes(10))) struct SigningTests {
  /// RFC 8032, 7.1, test 2: one byte.
  private static let seed = "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb"
  private static let publicKey = "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"
  private static let signature =
    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
    + "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"

  private static func bytes(_ digits: String) -> [UInt8] {
    stride(from: 0, to: digits.count, by: 2).compactMap { UInt8(digits.dropFirst($0).prefix(2), radix: 16) }
  }

  private static func pem(_ seed: [UInt8]) -> String {
    let der = bytes("302e020100300506032b657004220420") + seed
    return "-----BEGIN PRIVATE KEY-----\n\(Data(der).base64EncodedString())\n-----END PRIVATE KEY-----\n"
  }

  @Test func signaturesAreThoseOfTheStandard() throws {
    let key = try #require(SigningKey(pem: Self.pem(Self.bytes(Self.seed))))
    #expect(key.publicKey == Self.bytes(Self.publicKey))
    #expect(key.signature(of: [0x72]) == Self.bytes(Self.signature))
    #expect(Ed25519.isValid(Self.bytes(Self.signature), of: [0x72], by: key.publicKey))
  }

  @Test func anythingElseIsNoSignature() throws {
    let (key, other) = (SigningKey.random(), SigningKey.random())
    let signature = key.signature(of: [1, 2, 3])
    #expect(Ed25519.isValid(signature, of: [1, 2, 3], by: key.publicKey))
    #expect(!Ed25519.isValid(signature, of: [1, 2, 4], by: key.publicKey))
    #expect(!Ed25519.isValid(signature, of: [1, 2, 3], by: other.publicKey))
    for index in signature.indices {
      var forged = signature
      forged[index] ^= 1
      #expect(!Ed25519.isValid(forged, of: [1, 2, 3], by: key.publicKey))
    }
    for count in [0, 63, 65] {
      #expect(!Ed25519.isValid([UInt8](repeating: 0, count: count), of: [1], by: key.publicKey))
    }
    #expect(!Ed25519.isValid(signature, of: [1, 2, 3], by: []))
  }

  @Test func aKeyFileHoldsItsKeyAndNothingElseIsOne() throws {
    let key = SigningKey.random()
    let read = try #require(SigningKey(pem: key.pem))
    #expect(read.publicKey == key.publicKey && read.id == key.id && key.id.count == 16)
    #expect(SigningKey(pem: "\n" + key.pem.replacing("\n", with: "\r\n")) != nil)
    for text in ["", "-----BEGIN PRIVATE KEY-----\n", key.pem.replacing("PRIVATE", with: "PUBLIC"), Self.pem([1])] {
      #expect(SigningKey(pem: text) == nil)
    }
  }
}
