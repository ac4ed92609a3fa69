import Contracts
import Loyalty
import LoyaltyCLI
import Rewards
import Signing
import Testing

/// Codes of files and of tills, and what refusals say.
@Suite(.timeLimit(.minutes(10))) struct VoucherCommandTests {
  private let key = VoucherKey(secrets: "a-secret-of-vouchers-for-tests-0123456789")

  private func digest(_ code: String) throws -> CodeDigest { CodeDigest(of: code, digest: try #require(key).digest) }

  // MARK: Files

  @Test func linesThatRepeatACodeAreFoundWithTheFirstOfIt() throws {
    let buckets = try CodeBuckets()
    defer { buckets.close() }
    for line in 1...40_000 { try buckets.add(try digest("CODE-\(line % 30_000)"), line: CodeBuckets.Line(line)) }
    try buckets.add(try digest("CODE-5"), line: 0)
    var repeated: [CodeBuckets.Line: CodeBuckets.Line] = [:]
    try buckets.forEachRepetition { line, first in repeated[line] = first }
    // 1 to 10,000 come again as 30,001 to 40,000; 30,000 is the first 0.
    #expect(repeated.count == 10_001)
    #expect(repeated[30_001] == 1 && repeated[40_000] == 10_000 && repeated[30_000] == nil)
    #expect(repeated[5] == 0 && repeated[30_005] == 0)
  }

  @Test func hyphensMakeNoOtherCode() throws {
    let buckets = try CodeBuckets()
    defer { buckets.close() }
    try buckets.add(try digest("ABCD-EFGH"), line: 1)
    try buckets.add(try digest("ABCDEFGH"), line: 2)
    var repeated: [CodeBuckets.Line] = []
    try buckets.forEachRepetition { line, _ in repeated.append(line) }
    #expect(repeated == [2])
  }

  @Test func markedLinesAreCountedOnce() {
    var marks = LineMarks()
    for line: CodeBuckets.Line in [3, 64, 63, 1_000_000, 3] { marks.insert(line) }
    #expect(marks.count == 4)
    #expect(marks.contains(63) && marks.contains(64) && marks.contains(1_000_000))
    #expect(!marks.contains(62) && !marks.contains(65) && !marks.contains(2_000_000))
  }

  @Test(arguments: [
    ("  4Q7K-9B2M\r", "4Q7K-9B2M"), ("ABCDEF", "ABCDEF"), ("ABCDE", nil), ("A-B-C-D-E", nil), ("ABC DEF", nil),
    ("Mã-SỐ-ABCDEF", nil), (String(repeating: "A", count: 65), nil),
    (String(repeating: "A", count: 64), String(repeating: "A", count: 64)),
  ])
  func aLineIsACodeOrNone(line: String, code: String?) {
    let found = Array(line.utf8).withUnsafeBytes { CodeLine($0) }
    #expect(found?.code == code && found?.lastDay == nil)
  }

  @Test(arguments: [
    ("ABCDEF,2023-01-16", "ABCDEF", "2023-01-16"), (" 4Q7K-9B2M,2024-02-29\r", "4Q7K-9B2M", "2024-02-29"),
    ("ABCDEF,2023-02-29", "ABCDEF,2023-02-29", nil), ("ABC,DEF", "ABC,DEF", nil),
    ("ABC,DEF,2023-01-16", "ABC,DEF", "2023-01-16"), ("A,2023-01-16", nil, nil),
  ])
  func aLineMaySayTheCodesLastDay(line: String, code: String?, day: String?) {
    let found = Array(line.utf8).withUnsafeBytes { CodeLine($0) }
    #expect(found?.code == code && found?.lastDay?.text == day)
  }

  // MARK: Tills

  @Test func aTypedCodeIsReadByThePatternThatItFits() throws {
    let pattern = try #require(CodePattern("TET-####"))
    let derivation = CodeDerivation(pool: "tet", pattern: pattern, digest: try #require(key).digest(ofPool: "tet"))
    let code = derivation.code(for: "issue")
    let other = try #require(CodePattern("LT-#####"))
    #expect(TypedCodes.meant(code.lowercased().replacing("-", with: " "), among: [other, pattern]) == code)
    #expect(TypedCodes.meant("whatever-1", among: [other, pattern]) == "whatever-1")
  }

  /// What `docs/vouchers.md` computes in Python: Tests/System/test_reward_documents.py runs it.
  @Test func aTillFindsACodeByTheDigestOfTheGuide() throws {
    let key = try #require(VoucherKey(secrets: "the-secret-of-the-guide-0123456789abcdef"))
    let digest = CodeDigest(of: "TET-4Q7K-9B2M", digest: key.digest)
    #expect(digest.hexadecimal == "36edfdbe49dad4da05e458be1ce4b356")
  }

  @Test func everyRefusalOfARedemptionIsToldInNumbersWithItsRemedy() {
    let at = Instant(milliseconds: 0)
    let refusals: [(RedemptionStatus.Refusal, String)] = [
      (.init(.insufficientPoints(required: 100, available: 60)), "60 points available, 100 wanted: 40 are missing"),
      (.init(.outOfStock(left: 1, asked: 2)), "1 are left, 2 were asked for"),
      (.init(.memberLimit(limit: 3, used: 2, asked: 2)), "1 more may M-1 have in this period, 2 were asked for"),
      (.init(.priceChanged(shown: 80, now: 100, version: 2)), "costs 100 points now, 80 were shown; say --price 100"),
      (.init(.notYet(from: at)), "latte may be had from 1970-01-01T00:00:00Z on"),
      (.init(.ended(at: at)), "latte could be had until 1970-01-01T00:00:00Z"),
      (.init(.unknownReward), "`loyalty rewards list`"), (.init(.accountFrozen), "`loyalty member unfreeze M-1`"),
      (.init(.rewardNotActive(.paused)), "publish an active version"), (.init(.outsideHours), "tells its hours"),
      (.init(.notEligible), "does not meet the conditions"), (.init(.deliveryFailed("x")), "points and stock are back"),
      (.init(CancelRefusal.unknownRedemption), "no such redemption"),
      (.init(CancelRefusal.alreadyCancelled), "given back before"),
      (.init(CancelRefusal.notCancellable(.never)), "`cancel`"),
      (.init(CancelRefusal.tooLate(since: at)), "until 1970-01-01T00:00:00Z"), (.init(CancelRefusal.used), "was used"),
      (.init(CancelRefusal.expired), "has run out"), (.init(CancelRefusal.underWay), "nobody knows yet"),
    ]
    for (refusal, words) in refusals {
      let text = RedemptionAdvice(refusal, memberId: "M-1", reward: "latte").text
      #expect(text.contains(words), "\(refusal.code): \(text)")
    }
  }

  @Test func everyRefusalOfATillIsToldInNumbersWithItsRemedy() throws {
    let at = Instant(milliseconds: 0)
    let dong = try #require(Currency.known("VND"))
    let code = try digest("ABCDEF")
    let refusals: [(VoucherRefusal, String)] = [
      (.unknown, "no such code is out"), (.wrongHolder, "no such code is out"),
      (.notYet(from: at), "from 1970-01-01T00:00:00Z on"), (.expired(at: at), "until 1970-01-01T00:00:00Z"),
      (.used(2, of: 2), "0 of 2 are left of it"), (.alreadyUsed(by: "H-1", at: at), "H-1 used it at 1970"),
      (.cancelled(at: at), "cancelled at 1970"), (.held(until: at), "another bill holds it until 1970"),
      (.noHold, "hold it first"), (.wrongStore, "--store"),
      (.belowMinimum(needed: 200_000, has: 180_000), "comes to 180000 VND; it asks for 200000 VND"),
      (.limitReached(limit: 5, asked: 7), "7 were asked for, 5 may be had"),
      (.memberLimit(limit: 3, used: 3), "0 more of the 3"),
      (.budgetExhausted(left: 10, asked: 20), "10 VND are left of the budget, 20 VND were asked for"),
      (.notCombinable(with: "V-2"), "V-2 stands before it"), (.noEffect, "take nothing off"),
      (.throttled(until: at), "nothing is answered until 1970"),
    ]
    for (refusal, words) in refusals {
      let answer = TillAnswer(
        id: "T-1", outcome: .refused, code: code, refusal: .init(refusal, place: 1), occurredAt: at)
      let text = TillText(answer, currency: dong)
      #expect(text.exitCode == .refused)
      #expect(text.text.hasPrefix("Refused: \(refusal.codeTold), code 2. "), "\(text.text)")
      #expect(text.text.contains(words), "\(text.text)")
      #expect(text.json["refused"]?.string == refusal.codeTold && text.json["place"]?.integer == 1)
    }
  }

  @Test func whatATillMayDoIsToldWithWhatIsLeftToPay() throws {
    let dong = try #require(Currency.known("VND"))
    let answer = TillAnswer(
      id: "T-1", outcome: .held, code: try digest("ABCDEF"), hold: "H-1",
      vouchers: [
        .init(
          id: "V-1", state: .held, left: 1, heldUntil: Instant(milliseconds: 0),
          off: .init(currency: dong, total: 50_000, lines: [50_000], addedUnits: 1))
      ], toPay: Money(minorUnits: 175_000, currency: dong), occurredAt: Instant(milliseconds: 0))
    let text = TillText(answer, currency: nil)
    #expect(
      text.text == """
        Held (H-1)
          V-1: held, 1 left, takes off 50000 VND, 1 pieces to put in, held until 1970-01-01T00:00:00Z
          left to pay: 175000 VND
        """)
    #expect(text.exitCode == .done && text.json["toPay"]?.string == "175000" && text.json["currency"]?.string == "VND")
  }
}
