import Signing
import Testing

@Suite(.timeLimit(.minutes(10))) struct VoucherKeyTests {
  private let first = "first-secret-of-vouchers-0123456789abcdef"
  private let second = "second-secret-of-vouchers-0123456789abcdef"

  @Test func aSealedCodeOpensUnderItsKeyAlone() throws {
    let key = try #require(VoucherKey(secrets: first))
    let other = try #require(VoucherKey(secrets: second))
    let sealed = key.seal("TET-4Q7K-9B2M")
    #expect(!sealed.contains("4Q7K"))
    #expect(key.seal("TET-4Q7K-9B2M") == sealed)
    #expect(key.open(sealed) == "TET-4Q7K-9B2M")
    #expect(other.open(sealed) == nil)
  }

  /// Codes in people's hands outlive the secret.
  @Test func aNewSecretBeforeTheOldOneFindsAndMakesTheSameCodes() throws {
    let old = try #require(VoucherKey(secrets: first))
    let new = try #require(VoucherKey(secrets: "\(second)\n\(first)"))
    let message = Array("code".utf8)
    #expect(new.digest(message) == old.digest(message))
    #expect(new.digest(ofPool: "coffee")(message) == old.digest(ofPool: "coffee")(message))
    #expect(new.open(old.seal("A")) == "A")
    #expect(old.open(new.seal("A")) == nil)
  }

  @Test func poolsAndDigestsHaveKeysOfTheirOwn() throws {
    let key = try #require(VoucherKey(secrets: first))
    let message = Array("code".utf8)
    let digests = [key.digest(message), key.digest(ofPool: "a")(message), key.digest(ofPool: "b")(message)]
    #expect(Set(digests).count == 3)
  }

  @Test func aShortSecretIsNone() { #expect(VoucherKey(secrets: "too-short") == nil) }
}
