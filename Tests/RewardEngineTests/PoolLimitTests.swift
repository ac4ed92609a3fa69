import Contracts
import Loyalty
import RewardEngine
import Rewards
import StreamTesting
import TestValues
import Testing

/// What a pool allows a member, and points that nobody answers for.
@Suite(.timeLimit(.minutes(10))) struct PoolLimitTests {
  private func limited(_ perMember: String, rewards: [String]? = nil) throws -> RewardFixture {
    try RewardFixture(
      rewards: rewards ?? [RewardFixture.reward("latte", more: #","cancel":{"until":"used"}"#)],
      pools: [RewardFixture.pool("own", more: #","perMember":\#(perMember)"#)], partitionCount: 3)
  }

  @Test func aMemberIsIssuedNoMoreThanThePoolAllows() throws {
    let fixture = try limited(
      #"{"count":2,"per":"day"}"#, rewards: [RewardFixture.reward("latte"), RewardFixture.reward("mocha")])
    defer { fixture.driver.close() }
    fixture.redeem("r-1")
    fixture.ask("v-1", .issue(pool: "own", cause: nil))
    fixture.redeem("r-2", "mocha")
    fixture.ask("v-2", .issue(pool: "own", cause: nil))
    fixture.redeem("r-1", member: "M-2")
    try fixture.run()
    for id in ["r-2", "v-2"] {
      let status = try #require(try fixture.status(id))
      #expect(status.state == .refused)
      #expect(status.refusal == .init(code: "member-limit", required: 1, available: 0))
    }
    #expect(try ["r-1", "v-1"].allSatisfy { try fixture.status($0)?.state == .issued })
    #expect(try fixture.status("r-1", member: "M-2")?.state == .issued)
    #expect(fixture.balances["M-1"] == 900)
    fixture.wait(minutes: 24 * 60)
    fixture.redeem("r-3")
    try fixture.run()
    #expect(try fixture.status("r-3")?.state == .issued)
  }

  @Test func whatComesBackMayBeHadAgain() throws {
    let fixture = try limited(#"{"count":1}"#)
    defer { fixture.driver.close() }
    fixture.redeem("r-1", quantity: 2)
    fixture.redeem("r-2")
    try fixture.run()
    #expect(try fixture.status("r-1")?.refusal == .init(code: "member-limit", required: 2, available: 1))
    fixture.ask("c-1", .cancel(redemptionId: "r-2"))
    try fixture.run()
    #expect(try fixture.status("r-2")?.state == .cancelled)
    fixture.redeem("r-3")
    try fixture.run()
    #expect(try fixture.status("r-3")?.state == .issued)
  }

  // MARK: Codes that are live

  private static func small(_ codesMax: Int, more: String = "") -> String {
    RewardFixture.pool(
      "own", source: #""own","pattern":"LT-####-#####-####","codesMax":\#(codesMax)"#, more: more)
  }

  @Test(arguments: 1...8) func aPoolHasNoMoreLiveCodesThanItSays(seed: Int) throws {
    let members = (1...30).map { "M-\($0)" }
    let fixture = try RewardFixture(
      pools: [Self.small(9)], balances: Dictionary(uniqueKeysWithValues: members.map { ($0, Int64(150)) }),
      partitionCount: 3)
    defer { fixture.driver.close() }
    for member in members { fixture.redeem("r", member: member) }
    try fixture.runThroughCrashes(seed: UInt64(seed))
    try fixture.checkBooks(members, before: Dictionary(uniqueKeysWithValues: members.map { ($0, Int64(150)) }))
    #expect(try fixture.statuses().count { $0.state == .issued } == 9)
    #expect(try fixture.statuses().filter { $0.state == .refused }.allSatisfy { $0.refusal?.code == "delivery-failed" })
  }

  @Test func aCodeThatHasEndedMakesRoomAndOneThatComesBackTakesIt() throws {
    let fixture = try RewardFixture(
      rewards: [RewardFixture.reward("latte", more: #","cancel":{"until":"used"}"#)], pools: [Self.small(1)])
    defer { fixture.driver.close() }
    func isIssued(_ id: String) throws -> Bool {
      fixture.redeem(id)
      try fixture.run()
      return try fixture.status(id)?.state == .issued
    }
    #expect(try isIssued("r-1") && !isIssued("r-2"))
    let code = try fixture.code("r-1")
    fixture.till(fixture.hold("h-1", bill: "B-1"), code)
    try fixture.run()
    #expect(try !isIssued("r-3"))
    fixture.till(.commit(.init(hold: "h-1")), code)
    try fixture.run()
    #expect(try isIssued("r-4") && !isIssued("r-5"))
    // Back again there are two, and one that ends makes no room.
    fixture.till(.rollBack(redemption: "h-1", reason: "void"), code)
    fixture.ask("c-1", .cancel(redemptionId: "r-4"))
    try fixture.run()
    #expect(try !isIssued("r-6"))
    // With the end of the first, which runs out, there is.
    fixture.wait(minutes: 32 * 24 * 60)
    try fixture.run()
    #expect(try fixture.status("r-1")?.state == .expired && isIssued("r-7") && !isIssued("r-8"))
    fixture.erase("M-1")
    fixture.redeem("r-9", member: "M-2")
    try fixture.run()
    #expect(try fixture.status("r-9", member: "M-2")?.state == .issued)
  }

  // MARK: Points that nobody answers for

  @Test func pointsThatNobodyAnswersForAreAskedForAgain() throws {
    let fixture = try RewardFixture(rewards: [RewardFixture.reward("latte", stock: 1)], partitionCount: 3)
    defer { fixture.driver.close() }
    func commands() throws -> [String] { fixture.driver.outputs(Topic.commands.name).compactMap(\.value) }
    func waiting() -> Bool {
      fixture.driver.metrics.exposition().contains(#"stampede_redemptions_waiting{service="reward-engine"} 1"#)
    }
    fixture.redeem("r-1")
    try fixture.driver.run()
    #expect(try commands().count == 1 && waiting())
    fixture.wait(minutes: 59)
    try fixture.driver.run()
    #expect(try commands().count == 1)
    fixture.wait(minutes: 1)
    try fixture.driver.run()
    // The very same command: whoever has taken it once takes it no second time.
    #expect(try commands().count == 2 && Set(commands()).count == 1 && waiting())
    try fixture.answerLast()
    try fixture.driver.run()
    #expect(try fixture.status("r-1")?.state == .issued && !waiting())
    fixture.wait(minutes: 24 * 60)
    try fixture.driver.run()
    #expect(try commands().count == 2 && fixture.rows("redemptions") == 1)
  }

  @Test func theErasedWaitForNothing() throws {
    let fixture = try RewardFixture(rewards: [RewardFixture.reward("latte", stock: 1)], partitionCount: 3)
    defer { fixture.driver.close() }
    fixture.redeem("r-1")
    try fixture.driver.run()
    fixture.erase("M-1")
    fixture.wait(minutes: 24 * 60)
    try fixture.driver.run()
    let text = fixture.driver.metrics.exposition()
    #expect(text.contains(#"stampede_redemptions_waiting{service="reward-engine"} 0"#))
    #expect(fixture.driver.outputs(Topic.commands.name).count == 1)
  }
}
