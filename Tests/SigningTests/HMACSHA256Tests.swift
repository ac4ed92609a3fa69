import Signing
import Testing

@Suite(.timeLimit(.minutes(10))) struct HMACSHA256Tests {
  private func digest(key: [UInt8], _ text: String) -> String {
    let digest = HMACSHA256(key: key).digest(of: Array(text.utf8))
    return digest.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }

  /// RFC 4231, test cases 2 and 6: a short key, and one longer than a block.
  @Test func digestsAreThoseOfTheStandard() {
    #expect(
      digest(key: Array("Jefe".utf8), "what do ya want for nothing?")
        == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
    #expect(
      digest(key: Array(repeating: 0xAA, count: 131), "Test Using Larger Than Block-Size Key - Hash Key First")
        == "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54")
    #expect(digest(key: [], "") == "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad")
  }
}
