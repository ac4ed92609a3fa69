import Foundation
import Testing

/// Each case K1–K61 of the field is a test, whose name begins with its number, or stands here with what it waits for.
@Suite(.timeLimit(.minutes(10))) struct CaseCoverageTests {
  /// Not cases of the pure domain: who shows them, or what they wait for.
  static let open: [Int: String] = [
    31: "the file of a partner's used codes: the worker's import",
    32: "importing codes with their ends: RewardEngineTests.ImportedEndTests",
    40: "a referral code used by its owner: referrals",
    42: "Got It's bounds of bill, codes and totals: what tills speak to Got It; no part here speaks it",
    60: "rotating barcodes (RFC 6238): cards in wallets; REWARDS.md has none",
    61: "the replay of real redemptions: Tests/System/test_coupons.py, on the worker",
  ]

  @Test func everyCaseIsTestedOrOpen() throws {
    let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    var tested: Set<Int> = []
    for folder in ["RewardsTests", "PartnersTests"].map(tests.appendingPathComponent) {
      for file in try FileManager.default.contentsOfDirectory(atPath: folder.path)
      where file.hasSuffix("CaseTests.swift") {
        let text = try String(contentsOf: folder.appendingPathComponent(file), encoding: .utf8)
        tested.formUnion(text.matches(of: /@Test func k([0-9]+)[A-Z]/).compactMap { Int($0.1) })
      }
    }
    #expect(tested.isDisjoint(with: Self.open.keys))
    #expect(tested.union(Self.open.keys).sorted() == Array(1...61))
  }
}
