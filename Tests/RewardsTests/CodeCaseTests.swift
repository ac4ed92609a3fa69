import Loyalty
import Rewards
import TestValues
import Testing

/// Codes: what people type, what cannot be guessed, and the cases of chilts/node-coupon-code.
@Suite(.timeLimit(.minutes(10))) struct CodeCaseTests {
  private func read(_ typed: String, parts: Int) -> String? {
    let pattern = Array(repeating: "####", count: parts).joined(separator: "-")
    return CodePattern(pattern, alphabet: .couponCode)?.read(typed)
  }

  /// chilts/node-coupon-code, tests. Their alphabet has a U, which ours leaves out.
  @Test func k59CodesAreReadAndChecked() {
    #expect(read("1K7Q-CTFM-LMTC", parts: 3) == "1K7Q-CTFM-LMTC")
    #expect(read("1K7Q-CTFM", parts: 2) == "1K7Q-CTFM")
    #expect(read("1K7Q-CTFM", parts: 3) == nil)
    #expect(read("CTFM-1K7Q", parts: 2) == nil, "a part's place is in its check")
    #expect(read("1K7C", parts: 1) == nil)
    #expect(read("1K7Q-CTFW", parts: 2) == nil)
    #expect(read("1K7Q-CTFM-LMT1", parts: 3) == nil)
    #expect(read(" i9oD_V467/8Dsz ", parts: 3) == "190D-V467-8D52")
    #expect(read("YENH-UPJK-PTE0-20U6-QYME-RBK1", parts: 6) == "YENH-UPJK-PTE0-20U6-QYME-RBK1")
    #expect(read("YENH-UPJK-PTE0-20U6-QYME-RBK2", parts: 6) == nil)
  }

  @Test func aPrefixIsReadAsItIsMeant() throws {
    let pattern = try #require(CodePattern("TET25-####-####"))
    let codes = CodeDerivation(pool: "tet", pattern: pattern, digest: keyed("secret"))
    let code = codes.code(for: "issue-1")
    #expect(code.hasPrefix("TET25-"))
    #expect(pattern.read(code.lowercased().filter { $0 != "-" }) == code)
    #expect(pattern.read("TETZS" + code.dropFirst(5)) == code)
    #expect(pattern.read("TEX25" + code.dropFirst(5)) == nil)
    #expect(CodeDigest.lastCharacters(of: code) == String(code.suffix(4)))
  }

  @Test(arguments: ["", "-", "##", "####-", "###A-####", "TET", "tet-####", "#############"])
  func aPatternThatMakesNoCodesIsRefused(text: String) {
    #expect(CodePattern(text) == nil)
  }

  @Test(arguments: ["012345678", "0123456789a", "00123456789", "0123456789ABCDEFGHJ"])
  func anAlphabetThatCannotBeCheckedIsRefused(text: String) {
    #expect(CodeAlphabet(text) == nil)
  }

  @Test func oneWrongCharacterAndTwoThatChangedPlacesShow() throws {
    let pattern = try #require(CodePattern("#####-#####"))
    let codes = CodeDerivation(pool: "p", pattern: pattern, digest: keyed("secret"))
    for issue in 0..<50 {
      let code = Array(codes.code(for: "\(issue)"))
      for place in code.indices where code[place] != "-" {
        for other in "0123456789ABCDEFGHJKLMNPQRTVWXY" where other != code[place] {
          var wrong = code
          wrong[place] = other
          #expect(pattern.read(String(wrong)) == nil)
        }
        guard place + 1 < code.count, code[place + 1] != "-", code[place] != code[place + 1] else { continue }
        var swapped = code
        swapped.swapAt(place, place + 1)
        #expect(pattern.read(String(swapped)) == nil)
      }
    }
  }

  @Test func aCodeThatSomebodyHasIsDerivedAnew() throws {
    let pattern = try #require(CodePattern("###"))
    let codes = CodeDerivation(pool: "p", pattern: pattern, digest: keyed("secret"))
    var taken: Set<String> = []
    var counters: [Int] = []
    for issue in 0..<200 {
      let free = try #require(codes.freeCode(for: "\(issue)") { taken.contains($0) })
      #expect(taken.insert(free.code).inserted)
      #expect(codes.code(for: "\(issue)", counter: free.counter) == free.code)
      counters.append(free.counter)
    }
    #expect(counters.contains { $0 > 0 })
    #expect(codes.freeCode(for: "late") { _ in true } == nil)
  }

  @Test func codesDependOnSecretPoolAndIssue() throws {
    let pattern = try #require(CodePattern("####-####-####"))
    func code(_ secret: String, _ pool: String, _ issue: String) -> String {
      CodeDerivation(pool: pool, pattern: pattern, digest: keyed(secret)).code(for: issue)
    }
    let all = [code("s", "p", "i"), code("t", "p", "i"), code("s", "q", "i"), code("s", "p", "j")]
    #expect(Set(all).count == 4)
    #expect(code("s", "p", "i") == all[0])
  }

  /// REWARDS §3: 10⁹ possible codes for each that is live. Of RESEARCH's sums: 10 digits, 8 and 10 of 32 are too few.
  @Test func aPoolWhoseCodesCanBeGuessedIsRefusedWithItsNumbers() throws {
    func refusal(_ pattern: String, _ alphabet: CodeAlphabet, live: UInt64) throws -> CodeRoom.Refusal? {
      CodeRoom(try #require(CodePattern(pattern, alphabet: alphabet)), live: live).refusal(of: alphabet)
    }
    let digits = try #require(CodeAlphabet("0123456789"))
    let ten = try #require(try refusal("###########", digits, live: 1_000_000))
    #expect(ten.possible == 10_000_000_000 && ten.live == 1_000_000)
    #expect(ten.ratio == 10_000 && ten.ratioMin == 1_000_000_000 && ten.drawnNeeded == 15)
    #expect(try refusal("###-###-###-###", .couponCode, live: 1_000_000)?.ratio == 1_099_511)
    #expect(try refusal("######-######", .couponCode, live: 100_000_000)?.ratio == 11_258_999)
    // 12 of 31 with 10⁶: 7.9·10¹¹ to one.
    #expect(try refusal("#####-#####-#####", .standard, live: 1_000_000) == nil)
    #expect(try refusal("#####-#####", digits, live: 0)?.possible == 100_000_000)
    #expect(CodeRoom(try #require(CodePattern("#####-#####-#####")), live: 1).possible == 787_662_783_788_549_761)
  }

  @Test func wrongCodesAreAnsweredForAWhileOnly() {
    let limit = GuessCount.Limit(wrongMax: 3, windowMs: 60_000)
    var guesses = GuessCount(since: minute(0))
    for _ in 0..<3 {
      #expect(guesses.refusal(at: minute(0), under: limit) == nil)
      guesses.addWrong(at: minute(0), under: limit)
    }
    #expect(guesses.refusal(at: minute(0), under: limit) == .throttled(until: minute(1)))
    #expect(guesses.refusal(at: minute(1), under: limit) == nil)
    guesses.addWrong(at: minute(1), under: limit)
    #expect(guesses.wrong == 1)
  }
}
