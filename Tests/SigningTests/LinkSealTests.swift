import Signing
import Testing

@Suite(.timeLimit(.minutes(10))) struct LinkSealTests {
  private static let first = String(repeating: "a", count: 32)
  private static let second = String(repeating: "b", count: 40)

  func seal(_ secrets: String...) throws -> LinkSeal {
    try #require(LinkSeal(secrets: secrets.joined(separator: "\n")))
  }

  @Test(arguments: [[0], Array("M-000123".utf8), [UInt8](repeating: 7, count: 300)])
  func whatIsSealedIsOpened(_ bytes: [UInt8]) throws {
    let seal = try seal(Self.first)
    let token = seal.seal(bytes)
    #expect(seal.open(token) == bytes && seal.seal(bytes) == token)
    #expect(token.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-" || $0 == "_") })
  }

  @Test func nothingOfTheBytesShows() throws {
    let token = try seal(Self.first).seal(Array("MMMMMMMMMMMMMMMM".utf8))
    let other = try seal(Self.first).seal(Array("MMMMMMMMMMMMMMMN".utf8))
    #expect(zip(token, other).count { $0 == $1 } < 16)
  }

  @Test func aTokenThatWasTouchedIsNone() throws {
    let seal = try seal(Self.first)
    let token = Array(seal.seal(Array("M-1".utf8)))
    for place in token.indices {
      var touched = token
      touched[place] = token[place] == "A" ? "B" : "A"
      #expect(seal.open(String(touched)) == nil)
      #expect(seal.open(String(token[..<place])) == nil)
    }
    for other in ["", "A", "=", "é", String(token) + "A", String(token) + "=", " " + String(token)] {
      #expect(seal.open(other) == nil)
    }
    #expect(seal.open(String(repeating: "A", count: 10_000)) == nil)
  }

  @Test func theFirstSecretSealsAndAllOpen() throws {
    let old = try seal(Self.second)
    let rotated = try seal(Self.first, Self.second)
    let bytes = Array("M-1".utf8)
    #expect(rotated.open(old.seal(bytes)) == bytes)
    let ofTheFirst = try seal(Self.first).seal(bytes)
    #expect(rotated.seal(bytes) == ofTheFirst)
    #expect(old.open(rotated.seal(bytes)) == nil)
  }

  @Test(arguments: ["", " ", "short", String(repeating: "a", count: 31), first + " short"])
  func weakSecretsAreRefused(_ text: String) { #expect(LinkSeal(secrets: text) == nil) }

  /// They stand in mails of years ago.
  @Test func tokensDoNotChange() throws {
    #expect(try seal(Self.first).seal([0x10, 0, 0x4D]) == Self.tokenOfToday)
    #expect(try seal(Self.first).open(Self.tokenOfToday) == [0x10, 0, 0x4D])
  }

  /// Made by Python's hmac and hashlib, and libsodium's XChaCha20.
  private static let tokenOfToday = "7p8cBO8AI-rwtpxkswwVjX8ZvnCtoe9ZYs-f"

  @Test func secretsAreTheSameOrNot() {
    #expect(ConstantTime.isSame("abc", "abc") && !ConstantTime.isSame("abc", "abd") && !ConstantTime.isSame("", "a"))
  }
}
