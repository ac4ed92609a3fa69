import Rewards
import Testing

/// Codes are what the independent model says, and so is what is read of typed ones.
@Suite(.timeLimit(.minutes(10))) struct GoldenCodeTests {
  private static let alphabets = [
    "standard": CodeAlphabet.standard, "coupon-code": CodeAlphabet.couponCode,
    "digits": CodeAlphabet("0123456789"),
  ]

  @Test func everyCodeIsWhatTheModelSays() throws {
    let lines = try GoldenVectors.lines(of: "codes.txt")
    #expect(lines.count >= 300)
    for line in lines {
      let fields = line.parts(" ")
      let alphabet = try #require(Self.alphabets[fields[3]] ?? nil)
      let pattern = try #require(CodePattern(fields[2], alphabet: alphabet))
      let codes = CodeDerivation(pool: fields[1], pattern: pattern, digest: keyed(fields[0]))
      let code = codes.code(for: fields[4], counter: Int(number(fields[5]) ?? 0))
      #expect(code == fields[7], "\(line)")
      #expect(CodeDigest(of: code, digest: keyed(fields[0])).hexadecimal == fields[8], "\(line)")
      #expect(pattern.read(fields[9]) == told(fields[10]), "\(line)")
      #expect(pattern.read(code) == code)
    }
  }
}
