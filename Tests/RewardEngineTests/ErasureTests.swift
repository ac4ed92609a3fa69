import Contracts
import RewardEngine
import Rewards
import StreamTesting
import Testing

@Suite(.timeLimit(.minutes(10))) struct ErasureTests {
  @Test func everythingOfAMemberGoesAndNoCodeComesTwice() throws {
    let fixture = try RewardFixture(
      rewards: [RewardFixture.reward("latte", stock: 5), RewardFixture.reward("film", pool: "imported")],
      partitionCount: 3)
    defer { fixture.driver.close() }
    fixture.import(["AAAA-1"])
    fixture.redeem("r-1")
    fixture.redeem("r-2", "film")
    fixture.redeem("r-3", member: "M-2")
    try fixture.run()
    let codes = try [fixture.code("r-1"), fixture.code("r-2")]
    fixture.erase("M-1")
    try fixture.run()
    let reports = try fixture.driver.values(of: Topic.privacyReports.name) { try PrivacyReport(decoding: $0) }
    #expect(Set(reports.map(\.partition)) == [0, 1, 2] && reports.reduce(0) { $0 + $1.rowsErased } == 4)
    #expect(try fixture.vouchers().values.map(\.issue.memberId) == ["M-2"])
    #expect(fixture.rows("redemptions") == 1 && fixture.rows("holders") == 1 && fixture.rows("vouchers") == 3)
    fixture.import(["AAAA-1"])
    let checks = codes.map { fixture.till(.check(nil), $0) }
    fixture.redeem("r-4", "film", member: "M-2")
    try fixture.run()
    #expect(try checks.map { try fixture.answer($0)?.refusal?.code } == ["unknown", "unknown"])
    #expect(try fixture.status("r-4", member: "M-2")?.refusal?.code == "delivery-failed")
  }

  @Test func whatWasHeldForThemIsFreeAgain() throws {
    let fixture = try RewardFixture(rewards: [RewardFixture.reward("tour", stock: 2, pool: nil)], partitionCount: 3)
    defer { fixture.driver.close() }
    fixture.redeem("r-1", "tour")
    try fixture.run()
    #expect(try fixture.stockLeft("tour") == [1, 1, 0, 0])
    fixture.erase("M-1")
    try fixture.run()
    #expect(try fixture.stockLeft("tour") == [2, 0, 0, 0])
  }

  /// A code that is under way to its owner when the member goes comes to nobody.
  @Test func whatIsUnderWayBringsNothingBack() throws {
    let fixture = try RewardFixture(partitionCount: 3)
    defer { fixture.driver.close() }
    fixture.redeem("r-1")
    try fixture.driver.run()
    #expect(try fixture.book())
    try fixture.driver.step()
    fixture.erase("M-1")
    try fixture.run()
    #expect(try fixture.vouchers().isEmpty && fixture.rows("redemptions") == 0 && fixture.rows("holders") == 0)
  }
}
