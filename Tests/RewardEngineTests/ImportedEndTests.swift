import Contracts
import Loyalty
import RewardEngine
import Rewards
import StreamTesting
import TestValues
import Testing

/// Imported codes that end by themselves.
@Suite(.timeLimit(.minutes(10))) struct ImportedEndTests {
  private static let ends = [nil, time("2027-01-16T17:00:00Z"), time("2026-11-25T17:00:00Z")]

  private func ends(_ fixture: RewardFixture) throws -> [Instant?] {
    try fixture.statuses().filter { $0.state == .issued }.map { $0.vouchers.first?.validUntil }
  }

  /// BPL reward_import: two codes without an end and three with one keep what they have.
  @Test func k32EachVoucherEndsWithItsCodeOrItsPoolWhicheverIsSooner() throws {
    let fixture = try RewardFixture(rewards: [RewardFixture.reward("film", pool: "imported")])
    defer { fixture.driver.close() }
    fixture.import(["AAAAAA1", "AAAAAA2"])
    for (index, end) in [Self.ends[1], Self.ends[2], Self.ends[2]].enumerated() {
      fixture.import(["BBBBBB\(index)"], until: end)
    }
    for number in 1...5 { fixture.redeem("r-\(number)", "film") }
    try fixture.run()
    // 30 days by the pool, from the day of issue.
    let pools = time("2026-12-22T17:00:00Z")
    let told = try ends(fixture).compactMap { $0 }.sorted()
    #expect(told == [Self.ends[2], Self.ends[2], pools, pools, pools])
    #expect(try fixture.vouchers().values.map(\.issue.validUntil).sorted() == told)
    fixture.wait(minutes: 4 * 24 * 60)
    try fixture.run()
    #expect(try fixture.statuses().filter { $0.state == .expired }.count == 2)
    #expect(fixture.deadLetters().isEmpty)
  }

  @Test func aCodeThatHasEndedIsGivenToNobody() throws {
    let fixture = try RewardFixture(rewards: [RewardFixture.reward("film", pool: "imported")])
    defer { fixture.driver.close() }
    fixture.import(["AAAAAA1", "AAAAAA2", "AAAAAA3"], until: Self.ends[2])
    try fixture.run()
    fixture.wait(minutes: 5 * 24 * 60)
    fixture.redeem("r-1", "film")
    try fixture.run()
    #expect(try fixture.status("r-1")?.refusal?.code == "delivery-failed")
    #expect(fixture.balances["M-1"] == 1_000)
    #expect(fixture.rows("free-codes") == 0)
  }
}
