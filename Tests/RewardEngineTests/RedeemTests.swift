import Contracts
import Loyalty
import RewardEngine
import Rewards
import StreamRuntime
import StreamTesting
import TestValues
import Testing

@Suite(.timeLimit(.minutes(10))) struct RedeemTests {
  @Test(arguments: [1, 3]) func aRewardTakesStockAndPointsAndGivesAVoucher(partitions: Int) throws {
    let fixture = try RewardFixture(rewards: [RewardFixture.reward("latte", stock: 5)], partitionCount: partitions)
    defer { fixture.driver.close() }
    fixture.redeem("r-1")
    try fixture.run()
    let status = try #require(try fixture.status("r-1"))
    #expect(status.state == .issued && status.id == "r-1" && status.points == 100 && status.pool == "own")
    let voucher = try #require(try fixture.vouchers()[status.vouchers[0].id])
    #expect(voucher.state == .active && voucher.issue.memberId == "M-1" && voucher.code == status.vouchers[0].code)
    #expect(voucher.codeEnd == RewardFixture.key.open(voucher.code)?.suffix(4).description)
    // The last of 30 local days, to its end.
    #expect(voucher.issue.validUntil == time("2026-12-22T17:00:00Z"))
    #expect(fixture.balances["M-1"] == 900)
    #expect(try fixture.stockLeft("latte") == [4, 0, 1, 0])
    #expect(try fixture.statuses().count == 1 && fixture.deadLetters().isEmpty)
  }

  @Test func theSameRequestAgainMovesNothing() throws {
    let fixture = try RewardFixture()
    defer { fixture.driver.close() }
    fixture.redeem("r-1")
    fixture.redeem("r-1")
    try fixture.run()
    fixture.redeem("r-1")
    try fixture.run()
    #expect(try fixture.statuses().map(\.state) == [.issued])
    #expect(fixture.balances["M-1"] == 900)
    #expect(try fixture.vouchers().count == 1)
  }

  @Test func twoMembersWithOneIdHaveTwoVouchersOfTwoCodes() throws {
    let fixture = try RewardFixture(partitionCount: 3)
    defer { fixture.driver.close() }
    fixture.redeem("r-1")
    fixture.redeem("r-1", member: "M-2")
    try fixture.run()
    #expect(try fixture.vouchers().count == 2)
    #expect(try fixture.code("r-1") != fixture.code("r-1", member: "M-2"))
  }

  @Test func tooFewPointsGiveTheStockBackAndSayWhatIsMissing() throws {
    let fixture = try RewardFixture(
      rewards: [RewardFixture.reward("latte", stock: 5)], balances: ["M-1": 80], partitionCount: 3)
    defer { fixture.driver.close() }
    fixture.redeem("r-1")
    try fixture.run()
    let status = try #require(try fixture.status("r-1"))
    #expect(
      status.state == .refused && status.refusal == .init(code: "insufficient-points", required: 100, available: 80))
    #expect(try fixture.stockLeft("latte") == [5, 0, 0, 0])
    #expect(fixture.balances["M-1"] == 80)
    #expect(try fixture.vouchers().isEmpty)
  }

  @Test func whatIsOutOfStockTakesNoPoints() throws {
    let fixture = try RewardFixture(rewards: [RewardFixture.reward("latte", stock: 1)])
    defer { fixture.driver.close() }
    fixture.redeem("r-1")
    fixture.redeem("r-2", member: "M-2")
    try fixture.run()
    let status = try #require(try fixture.status("r-2", member: "M-2"))
    #expect(status.refusal == .init(code: "out-of-stock", required: 1, available: 0))
    #expect(fixture.balances == ["M-1": 900, "M-2": 1_000])
    // A later version of the reward puts more in.
    fixture.publish(reward: RewardFixture.reward("latte", stock: 3, version: 2))
    fixture.redeem("r-3", member: "M-2")
    try fixture.run()
    #expect(try fixture.status("r-3", member: "M-2")?.state == .issued)
    #expect(try fixture.stockLeft("latte") == [1, 0, 2, 0])
  }

  @Test func whoHadAllTheyMayHaveIsRefusedAndARefusalCountsForNothing() throws {
    let fixture = try RewardFixture(
      rewards: [RewardFixture.reward("latte", stock: 2, more: #","perMember":{"count":1,"per":"day"}"#)],
      balances: ["M-1": 50])
    defer { fixture.driver.close() }
    fixture.redeem("r-1")
    try fixture.run()
    #expect(try fixture.status("r-1")?.refusal?.code == "insufficient-points")
    fixture.balances["M-1"] = 1_000
    fixture.redeem("r-2")
    // Not answered yet, and counted already.
    fixture.redeem("r-3")
    try fixture.run()
    #expect(try fixture.status("r-2")?.state == .issued)
    #expect(try fixture.status("r-3")?.refusal == .init(code: "member-limit", required: 1, available: 0))
  }

  @Test func aPriceThatChangedIsNotTaken() throws {
    let fixture = try RewardFixture()
    defer { fixture.driver.close() }
    fixture.ask("r-1", .redeem(.init(reward: "latte", shown: 90)))
    fixture.ask("r-2", .redeem(.init(reward: "latte", shown: 100)))
    fixture.ask("r-3", .redeem(.init(reward: "mocha")))
    try fixture.run()
    #expect(try fixture.status("r-1")?.refusal == .init(code: "price-changed", required: 100, available: 90))
    #expect(try fixture.status("r-2")?.state == .issued)
    #expect(try fixture.status("r-3")?.refusal?.code == "unknown-reward")
  }

  @Test func whatPeopleDeliverWaitsForThem() throws {
    let fixture = try RewardFixture(rewards: [RewardFixture.reward("tour", stock: 2, pool: nil)])
    defer { fixture.driver.close() }
    fixture.redeem("r-1", "tour")
    try fixture.run()
    #expect(try fixture.status("r-1")?.state == .delivering)
    #expect(try fixture.stockLeft("tour") == [1, 1, 0, 0])
    fixture.ask("d-1", .deliver(redemptionId: "r-1", reference: "table 7"))
    fixture.ask("d-2", .deliver(redemptionId: "r-1", reference: "table 8"))
    fixture.ask("d-3", .deliver(redemptionId: "r-9", reference: nil))
    try fixture.run()
    #expect(
      try fixture.statuses().map(\.state) == [.delivering, .deliverRefused, .deliverRefused, .issued]
        || fixture.statuses().map(\.state) == [.delivering, .issued, .deliverRefused, .deliverRefused])
    #expect(try fixture.statuses().last { $0.state == .issued }?.reference == "table 7")
    #expect(try fixture.stockLeft("tour") == [1, 0, 1, 0])
  }

  @Test func whatPeopleDeliveredIsGivenBackWhereTheRewardLets() throws {
    let fixture = try RewardFixture(
      rewards: [RewardFixture.reward("tour", stock: 2, pool: nil, more: #","cancel":{"until":"used"}"#)])
    defer { fixture.driver.close() }
    fixture.redeem("r-1", "tour")
    fixture.redeem("r-2", "tour")
    try fixture.run()
    fixture.ask("d-1", .deliver(redemptionId: "r-1", reference: "table 7"))
    fixture.ask("c-1", .cancel(redemptionId: "r-1"))
    // Nobody has delivered it yet.
    fixture.ask("c-2", .cancel(redemptionId: "r-2"))
    try fixture.run()
    #expect(try fixture.status("r-1")?.state == .cancelled && fixture.status("r-2")?.state == .cancelled)
    #expect(fixture.balances["M-1"] == 1_000)
    #expect(try fixture.stockLeft("tour") == [2, 0, 1, 1])
  }

  @Test func aVoucherWithoutPointsComesOncePerCause() throws {
    let fixture = try RewardFixture(partitionCount: 3)
    defer { fixture.driver.close() }
    fixture.ask("birthday:2026", .issue(pool: "own", cause: "birthday"))
    fixture.ask("birthday:2026", .issue(pool: "own", cause: "birthday"))
    fixture.ask("birthday:2027", .issue(pool: "nowhere", cause: "birthday"))
    try fixture.run()
    let status = try #require(try fixture.status("birthday:2026"))
    #expect(status.state == .issued && status.reward == nil && status.points == 0 && status.vouchers.count == 1)
    #expect(try fixture.vouchers().count == 1)
    #expect(try fixture.status("birthday:2027")?.refusal?.code == "unknown-reward")
    #expect(fixture.balances["M-1"] == 1_000)
  }

  @Test func severalPiecesHaveACodeEach() throws {
    let fixture = try RewardFixture(partitionCount: 3)
    defer { fixture.driver.close() }
    fixture.redeem("r-1", quantity: 3)
    try fixture.run()
    let status = try #require(try fixture.status("r-1"))
    #expect(status.points == 300 && Set(status.vouchers.map(\.code)).count == 3)
    #expect(try fixture.statuses().count == 1)
  }

  // MARK: Imported codes

  @Test func anImportedCodeIsGivenOnceAndTheFileTwiceCountsOnce() throws {
    let fixture = try RewardFixture(rewards: [RewardFixture.reward("film", pool: "imported")], partitionCount: 3)
    defer { fixture.driver.close() }
    fixture.import(["AAAA-1", "AAAA-2", "AAAA-3"])
    fixture.import(["AAAA-1", "AAAA-2", "AAAA-3"])
    fixture.redeem("r-1", "film")
    fixture.redeem("r-2", "film", member: "M-2")
    try fixture.run()
    fixture.import(["AAAA-1", "AAAA-2", "AAAA-3"])
    fixture.redeem("r-3", "film")
    fixture.redeem("r-4", "film")
    try fixture.run()
    #expect(try Set(fixture.vouchers().values.map(\.code)).count == 3)
    #expect(try fixture.status("r-4")?.refusal?.code == "delivery-failed")
    #expect(fixture.balances == ["M-1": 800, "M-2": 900])
    #expect(fixture.rows("free-codes") == 0)
  }

  @Test func piecesThatHaveACodeGoBackWhereOneHasNone() throws {
    let fixture = try RewardFixture(rewards: [RewardFixture.reward("film", stock: 9, pool: "imported")])
    defer { fixture.driver.close() }
    fixture.import(["AAAA-1"])
    fixture.redeem("r-1", "film", quantity: 2)
    try fixture.run()
    #expect(try fixture.status("r-1")?.refusal?.code == "delivery-failed")
    #expect(fixture.balances["M-1"] == 1_000)
    #expect(try fixture.vouchers().values.map(\.state) == [.cancelled])
    #expect(try fixture.stockLeft("film") == [9, 0, 0, 0])
  }

  /// The first of the codes derived for M-1 has come by a file, and is somebody's.
  @Test func aCodeThatBelongsToSomebodyElseIsDerivedAnew() throws {
    let first = try RewardFixture()
    defer { first.driver.close() }
    first.redeem("r-1")
    try first.run()
    let sealed = try #require(try first.status("r-1")).vouchers[0].code
    let code = try #require(RewardFixture.key.open(sealed))

    let fixture = try RewardFixture(
      rewards: [RewardFixture.reward("latte"), RewardFixture.reward("film", pool: "imported")], partitionCount: 3)
    defer { fixture.driver.close() }
    fixture.import([code])
    fixture.redeem("r-1", "film", member: "M-2")
    try fixture.run()
    fixture.redeem("r-1")
    try fixture.run()
    #expect(try fixture.code("r-1", member: "M-2") == first.code("r-1"))
    #expect(try fixture.code("r-1") != first.code("r-1"))
    #expect(try fixture.vouchers().count == 2)
  }

  // MARK: Back

  @Test func aCancelGivesBackPointsStockAndCode() throws {
    let fixture = try RewardFixture(
      rewards: [
        RewardFixture.reward(
          "latte", stock: 5, more: #","cancel":{"until":"used","days":7},"perMember":{"count":1,"per":"day"}"#)
      ], partitionCount: 3)
    defer { fixture.driver.close() }
    fixture.redeem("r-1")
    try fixture.run()
    let code = try fixture.code("r-1")
    fixture.ask("c-1", .cancel(redemptionId: "r-1"))
    try fixture.run()
    #expect(try fixture.status("r-1")?.state == .cancelled && fixture.status("r-1")?.id == "c-1")
    #expect(fixture.balances["M-1"] == 1_000)
    #expect(try fixture.stockLeft("latte") == [5, 0, 1, 1])
    let check = fixture.till(.check(nil), code)
    fixture.ask("c-2", .cancel(redemptionId: "r-1"))
    fixture.redeem("r-2")
    try fixture.run()
    #expect(try fixture.answer(check)?.refusal?.code == "cancelled")
    #expect(try fixture.statuses().first { $0.id == "c-2" }?.refusal?.code == "already-cancelled")
    // The day's one is free again.
    #expect(try fixture.status("r-2")?.state == .issued)
  }

  @Test func whatWasUsedIsNotCancelled() throws {
    let fixture = try RewardFixture(
      rewards: [RewardFixture.reward("latte", more: #","cancel":{"until":"used"}"#)], partitionCount: 3)
    defer { fixture.driver.close() }
    fixture.redeem("r-1")
    try fixture.run()
    let code = try fixture.code("r-1")
    fixture.till(fixture.hold("h-1", bill: "B-1"), code)
    fixture.till(.commit(.init(hold: "h-1")), code)
    // It may come before the news of the use, or after.
    fixture.ask("c-1", .cancel(redemptionId: "r-1"))
    try fixture.run()
    #expect(try fixture.statuses().first { $0.id == "c-1" }?.refusal?.code == "used")
    #expect(try fixture.status("r-1")?.state == .used || fixture.statuses().contains { $0.state == .used })
    #expect(fixture.balances["M-1"] == 900)
  }

  /// One of two pieces is used before it comes back, the use is undone, and all is cancelled once more: the points of
  /// either come back once, each by a command of its own.
  @Test(arguments: [1, 3]) func whatComesBackInPartsIsPaidBackInParts(partitionCount: Int) throws {
    let fixture = try RewardFixture(
      rewards: [RewardFixture.reward("latte", more: #","cancel":{"until":"used"}"#)], partitionCount: partitionCount)
    defer { fixture.driver.close() }
    fixture.redeem("r-1", quantity: 2)
    try fixture.run()
    let code = try fixture.code("r-1", piece: 0)
    fixture.till(fixture.hold("h-1", bill: "B-1"), code)
    try fixture.run()
    // The use and the cancel are on their way at once.
    fixture.till(.commit(.init(hold: "h-1")), code)
    fixture.ask("c-1", .cancel(redemptionId: "r-1"))
    try fixture.run()
    #expect(try fixture.statuses().first { $0.id == "c-1" }?.refusal?.code == "used")
    #expect(fixture.balances["M-1"] == 900)
    fixture.till(.rollBack(redemption: "h-1", reason: "voided"), code)
    try fixture.run()
    fixture.ask("c-2", .cancel(redemptionId: "r-1"))
    try fixture.run()
    #expect(try fixture.status("r-1")?.state == .cancelled)
    #expect(fixture.balances["M-1"] == 1_000)
  }
}

extension RewardFixture {
  /// Free, held, given and returned pieces of a reward, by its row.
  func stockLeft(_ reward: String) throws -> [Int64] {
    for partition in 0..<Int32(driver.log.partitionCount) {
      guard let image = driver.rows(of: "stock", partition: partition)[Array(reward.utf8)] else { continue }
      let stock = try image.withUnsafeBytes { try RowImage.read($0, as: StockRow.self) }.stock
      #expect(stock.isBalanced)
      return [stock.free, stock.held, stock.given, stock.returned]
    }
    return []
  }
}
