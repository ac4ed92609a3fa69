import Contracts
import Loyalty
import Partners
import RewardEngine
import Rewards
import StreamRuntime
import TestValues
import Testing

/// Rewards that a partner delivers: ordered once under one reference, whatever becomes of the call, and paid for once.
@Suite(.timeLimit(.minutes(10))) struct OrderTests {
  private static func fixture(_ stock: Int64? = 5, partitionCount: Int = 1) throws -> RewardFixture {
    try RewardFixture(rewards: [RewardFixture.tea(stock: stock)], partitionCount: partitionCount)
  }

  @Test(arguments: [1, 3]) func whatAPartnerGivesIsSealedAndAVoucher(partitionCount: Int) throws {
    let fixture = try Self.fixture(partitionCount: partitionCount)
    defer { fixture.driver.close() }
    fixture.redeem("r-1", "tea")
    try fixture.run()
    #expect(fixture.partner.calls == ["issue"])
    #expect(try fixture.statuses().map(\.state) == [.delivering, .issued])
    let status = try #require(try fixture.status("r-1"))
    #expect(status.partner == "tea-house" && status.pool == nil && status.reference == fixture.partner.references.first)
    #expect(status.vouchers.map { RewardFixture.key.open($0.code) } == ["TEA-9001"])
    #expect(status.vouchers[0].codeEnd == "9001")
    let voucher = try #require(try fixture.vouchers().values.first)
    #expect(voucher.issue.isPartners && voucher.issue.pool == "tea-house" && voucher.state == .active)
    #expect(fixture.balances["M-1"] == 900)
    #expect(try fixture.stockLeft("tea") == [4, 0, 1, 0])
    let order = try #require(try fixture.orders().values.first)
    #expect(order.state == .issued && order.memberId == "M-1" && order.serials == ["S9001"])
    // The partner was told nothing of the member.
    #expect(!order.reference.contains("M-1") && !order.reference.contains("r-1"))
    for topic in [Topic.orders, .vouchers, .redemptions, .rewardMessages] {
      #expect(!fixture.driver.outputs(topic.name).contains { $0.value?.contains("TEA-9001") == true })
    }
    // The same request once more orders nothing.
    fixture.redeem("r-1", "tea")
    try fixture.run()
    #expect(fixture.partner.calls == ["issue"] && fixture.deadLetters().isEmpty)
  }

  @Test func aTillOfOursTakesNoCodeOfAPartners() throws {
    let fixture = try Self.fixture()
    defer { fixture.driver.close() }
    fixture.redeem("r-1", "tea")
    try fixture.run()
    let check = fixture.till(.check(nil), CodeDigest(of: "TEA-9001", digest: RewardFixture.key.digest))
    try fixture.run()
    #expect(try fixture.answer(check)?.refusal?.code == "unknown")
  }

  // MARK: Nobody knows

  @Test func anAnswerThatIsLostIsAskedForAndNothingIsOrderedTwice() throws {
    let fixture = try Self.fixture()
    defer { fixture.driver.close() }
    fixture.partner.turns = [.cutAfter]
    fixture.redeem("r-1", "tea")
    try fixture.run()
    #expect(try fixture.status("r-1")?.state == .unknown)
    #expect(try fixture.orders().values.map(\.state) == [.inDoubt])
    #expect(fixture.balances["M-1"] == 900)
    // Nobody cancels what may have been issued.
    fixture.ask("c-1", .cancel(redemptionId: "r-1"))
    try fixture.run()
    #expect(try fixture.statuses().last?.refusal?.code == "under-way")
    fixture.wait(minutes: 1)
    try fixture.run()
    #expect(fixture.partner.calls == ["issue", "status"])
    #expect(try fixture.status("r-1")?.state == .issued)
    #expect(fixture.partner.orders.count == 1 && fixture.balances["M-1"] == 900)
  }

  @Test func whatNeverArrivedIsOrderedAgainUnderTheSameReference() throws {
    let fixture = try Self.fixture()
    defer { fixture.driver.close() }
    fixture.partner.turns = [.cutBefore]
    fixture.partner.statusTurns = [.cutBefore]
    fixture.redeem("r-1", "tea")
    try fixture.run()
    for _ in 0..<3 {
      fixture.wait(minutes: 1)
      try fixture.run()
    }
    #expect(fixture.partner.calls == ["issue", "status", "status", "issue"])
    #expect(fixture.partner.references.count == 1)
    #expect(try fixture.statuses().map(\.state) == [.delivering, .unknown, .issued])
    #expect(try fixture.vouchers().count == 1)
  }

  @Test(arguments: [ScriptedPartner.Turn.cutAfter, .cutBefore], [false, true])
  func aWorkerThatDiesWithACallOutAsksFirst(_ turn: ScriptedPartner.Turn, losesDisk: Bool) throws {
    let fixture = try Self.fixture()
    defer { fixture.driver.close() }
    fixture.redeem("r-1", "tea")
    // Until the call is out, and no further.
    while fixture.partnerPool.view(of: 0).isWaiting == false {
      try fixture.driver.run()
      _ = try fixture.book()
    }
    fixture.partner.turns = [turn]
    #expect(fixture.partnerPool.callOne(fixture.partner))
    try fixture.dieWithCallsOut()
    if losesDisk { try fixture.driver.restart(losingDisk: true) }
    try fixture.run()
    // It may be out in another process: that has its time.
    #expect(fixture.partner.calls == ["issue"])
    fixture.wait(minutes: 2)
    try fixture.run()
    fixture.wait(minutes: 2)
    try fixture.run()
    let isDone = if case .cutAfter = turn { true } else { false }
    #expect(fixture.partner.calls == (isDone ? ["issue", "status"] : ["issue", "status", "issue"]))
    #expect(fixture.partner.orders.count == 1)
    #expect(try fixture.status("r-1")?.state == .issued)
    #expect(try fixture.vouchers().count == 1 && fixture.balances["M-1"] == 900)
  }

  // MARK: By hand

  private static func inDoubt(quantity: Int64 = 1) throws -> RewardFixture {
    let fixture = try fixture()
    fixture.partner.turns = [.cutAfter]
    fixture.partner.statusTurns = Array(repeating: .cutBefore, count: 1_000)
    fixture.redeem("r-1", "tea", quantity: quantity)
    try fixture.run()
    #expect(try fixture.status("r-1")?.state == .unknown)
    return fixture
  }

  @Test func whatAnOperatorFoundIssuedIsIssued() throws {
    let fixture = try Self.inDoubt(quantity: 2)
    defer { fixture.driver.close() }
    let codes = ["TEA-1", "TEA-2"].map { RewardFixture.key.seal($0) }
    fixture.ask("s-1", .settle(redemptionId: "r-1", .issued([codes[0]])))
    fixture.ask("s-2", .settle(redemptionId: "r-1", .issued([codes[0], "TEA-2"])))
    fixture.ask("s-3", .settle(redemptionId: "r-1", .issued(codes)))
    fixture.ask("s-4", .settle(redemptionId: "r-1", .notIssued))
    fixture.ask("s-5", .settle(redemptionId: "r-9", .notIssued))
    try fixture.run()
    let refusals = try fixture.statuses().filter { $0.state == .settleRefused }.map {
      "\($0.id) \($0.refusal?.code ?? "")"
    }
    #expect(
      refusals == ["s-1 other-count", "s-2 code-not-sealed", "s-4 not-in-doubt", "s-5 unknown-redemption"])
    let issued = try #require(try fixture.status("r-1"))
    #expect(issued.state == .issued && fixture.balances["M-1"] == 800)
    #expect(issued.vouchers.map { RewardFixture.key.open($0.code) } == ["TEA-1", "TEA-2"])
    #expect(try fixture.orders().values.map(\.state) == [.issued])
    // Nothing more is asked of the partner.
    let calls = fixture.partner.calls.count
    fixture.wait(minutes: 600)
    try fixture.run()
    #expect(fixture.partner.calls.count == calls)
  }

  @Test func whatAnOperatorFoundNotIssuedGivesPointsAndStockBack() throws {
    let fixture = try Self.inDoubt()
    defer { fixture.driver.close() }
    fixture.ask("s-1", .settle(redemptionId: "r-1", .notIssued))
    fixture.ask("s-1", .settle(redemptionId: "r-1", .notIssued))
    try fixture.run()
    #expect(try fixture.statuses().first { $0.state == .refused }?.refusal?.code == "delivery-failed")
    #expect(fixture.balances["M-1"] == 1_000)
    #expect(try fixture.stockLeft("tea") == [5, 0, 0, 0])
    #expect(try fixture.orders().values.map(\.code) == ["s-1"])
  }

  // MARK: Refused

  @Test(arguments: ["out-of-stock", "refused"]) func aRefusalGivesPointsAndStockBackOnce(_ code: String) throws {
    let fixture = try Self.fixture()
    defer { fixture.driver.close() }
    fixture.partner.turns = [.refuse(code)]
    fixture.redeem("r-1", "tea")
    try fixture.run()
    #expect(try fixture.status("r-1")?.refusal?.code == "delivery-failed")
    #expect(fixture.balances["M-1"] == 1_000)
    #expect(try fixture.stockLeft("tea") == [5, 0, 0, 0])
    #expect(try fixture.orders().values.map(\.state) == [.refused])
    fixture.wait(minutes: 3_000)
    try fixture.run()
    #expect(fixture.partner.calls == ["issue"] && fixture.balances["M-1"] == 1_000)
  }

  @Test func aRefusalOfTheAccountHoldsThePartnerUntilOneCallGoesThrough() throws {
    let fixture = try RewardFixture(
      rewards: [RewardFixture.tea()], balances: ["M-1": 1_000, "M-2": 1_000, "M-3": 1_000])
    defer { fixture.driver.close() }
    fixture.partner.turns = [.refuse("account"), .refuse("account")]
    fixture.redeem("r-1", "tea")
    try fixture.run()
    fixture.redeem("r-2", "tea", member: "M-2")
    fixture.redeem("r-3", "tea", member: "M-3")
    try fixture.run()
    // It is held: the others wait, and nothing of them is lost.
    #expect(fixture.partner.calls == ["issue"])
    #expect(try fixture.orders().values.map(\.state) == [.open, .open, .open])
    fixture.wait(minutes: 1)
    try fixture.run()
    #expect(fixture.partner.calls == ["issue", "issue"])
    for _ in 0..<4 {
      fixture.wait(minutes: 2)
      try fixture.run()
    }
    #expect(fixture.partner.calls.count == 5 && fixture.partner.orders.count == 3)
    #expect(try fixture.vouchers().count == 3 && fixture.balances.values.allSatisfy { $0 == 900 })
  }

  @Test func whatIsRefusedForADayIsGivenUp() throws {
    let fixture = try Self.fixture()
    defer { fixture.driver.close() }
    fixture.partner.turns = Array(repeating: .refuse("later"), count: 1_000)
    fixture.redeem("r-1", "tea")
    for _ in 0..<30 {
      try fixture.run()
      fixture.wait(minutes: 61)
    }
    #expect(try fixture.status("r-1")?.refusal?.code == "delivery-failed")
    #expect(fixture.balances["M-1"] == 1_000 && fixture.partner.orders.isEmpty)
  }

  @Test func withoutCredentialsOrDocumentNothingIsTaken() throws {
    let fixture = try RewardFixture(rewards: [RewardFixture.tea(partner: "nobody")])
    defer { fixture.driver.close() }
    fixture.redeem("r-1", "tea")
    try fixture.run()
    #expect(try fixture.status("r-1")?.refusal?.code == "delivery-failed")
    #expect(fixture.balances["M-1"] == 1_000 && fixture.driver.outputs(Topic.commands.name).isEmpty)
  }

  // MARK: Codes

  @Test func aCodeThatComesTwiceIsOneMembers() throws {
    let fixture = try Self.fixture()
    defer { fixture.driver.close() }
    fixture.partner.turns = [.give(["TEA-1"]), .give(["TEA-1"])]
    fixture.redeem("r-1", "tea")
    try fixture.run()
    fixture.redeem("r-2", "tea", member: "M-2")
    try fixture.run()
    #expect(try fixture.status("r-1")?.state == .issued)
    #expect(try fixture.status("r-2", member: "M-2")?.refusal?.code == "delivery-failed")
    #expect(try fixture.vouchers().count == 1)
    #expect(fixture.balances == ["M-1": 900, "M-2": 1_000])
  }

  @Test func ofSeveralPiecesThoseWithoutACodeOfTheirOwnArePaidBack() throws {
    let fixture = try Self.fixture()
    defer { fixture.driver.close() }
    fixture.partner.turns = [.give(["TEA-1", "TEA-2", "TEA-1"])]
    fixture.redeem("r-1", "tea", quantity: 3)
    try fixture.run()
    #expect(try fixture.status("r-1")?.state == .issued)
    #expect(try fixture.status("r-1")?.vouchers.count == 2 && fixture.vouchers().count == 2)
    #expect(fixture.balances["M-1"] == 800)
  }

  @Test func whatAPartnerGaveIsNotCancelled() throws {
    let fixture = try RewardFixture(rewards: [RewardFixture.tea(more: #","cancel":{"until":"used"}"#)])
    defer { fixture.driver.close() }
    fixture.redeem("r-1", "tea")
    try fixture.run()
    fixture.ask("c-1", .cancel(redemptionId: "r-1"))
    try fixture.run()
    #expect(try fixture.statuses().last?.refusal?.code == "not-cancellable")
    #expect(fixture.balances["M-1"] == 900)
  }

  @Test func aMemberWhoIsErasedWhileTheCallIsOutGetsNothingMore() throws {
    let fixture = try Self.fixture()
    defer { fixture.driver.close() }
    fixture.redeem("r-1", "tea")
    fixture.partner.meanwhile = {
      fixture.erase("M-1")
      #expect(throws: Never.self) { try fixture.driver.run() }
    }
    try fixture.run()
    #expect(fixture.partner.calls == ["issue"] && fixture.rows("orders") == 0)
    #expect(try fixture.vouchers().isEmpty)
    let order = try #require(try fixture.orders().values.first)
    #expect(order.memberId == nil && order.redemptionId == nil && order.partner == "tea-house")
    #expect(try fixture.stockLeft("tea") == [5, 0, 0, 0])
  }

  // MARK: Stopping

  @Test func aStopSendsNothingMoreAndLosesNothing() throws {
    let fixture = try Self.fixture()
    defer { fixture.driver.close() }
    fixture.redeem("r-1", "tea")
    while fixture.partnerPool.view(of: 0).isWaiting == false {
      try fixture.driver.run()
      _ = try fixture.book()
    }
    fixture.partnerPool.beginStopping()
    #expect(!fixture.partnerPool.callOne(fixture.partner) && !fixture.partnerPool.isSettled)
    fixture.wait(minutes: 1)
    try fixture.driver.run()
    #expect(fixture.partnerPool.isSettled)
    try fixture.dieWithCallsOut()
    fixture.wait(minutes: 1)
    try fixture.run()
    #expect(fixture.partner.calls == ["issue"])
    #expect(try fixture.statuses().map(\.state) == [.delivering, .issued])
  }

  // MARK: All at once

  @Test(arguments: 1...8) func throughCrashesEachIsOrderedOnceAndPaidForOnce(seed: Int) throws {
    let members = (1...20).map { "M-\($0)" }
    let balances = Dictionary(uniqueKeysWithValues: members.map { ($0, Int64(150)) })
    let fixture = try RewardFixture(
      rewards: [RewardFixture.tea(stock: 12)], balances: balances, partitionCount: 3)
    defer { fixture.driver.close() }
    var random = SplitMix(seed: UInt64(seed))
    let turns: [ScriptedPartner.Turn] = [.cutAfter, .cutBefore, .notSent, .refuse("later"), .refuse("out-of-stock")]
    fixture.partner.turns = (0..<12).map { _ in turns[Int(random.next() % UInt64(turns.count))] }
    for member in members { fixture.redeem("r", "tea", member: member) }
    try fixture.runThroughCrashes(seed: UInt64(seed), partnerDies: true)
    for _ in 0..<20 {
      fixture.wait(minutes: 10)
      try fixture.run()
    }
    let ends = try fixture.statuses().filter { [.issued, .refused].contains($0.state) }
    #expect(ends.map(\.memberId).sorted() == members.sorted())
    let issued = ends.filter { $0.state == .issued }
    #expect(Int64(issued.count) == Int64(fixture.partner.orders.count))
    #expect(try fixture.vouchers().count == issued.count)
    let codes = issued.flatMap(\.vouchers).compactMap { RewardFixture.key.open($0.code) }
    #expect(codes.sorted() == fixture.partner.orders.values.flatMap { $0 }.sorted())
    for member in members {
      let got = issued.contains { $0.memberId == member }
      #expect(fixture.balances[member] == (got ? 50 : 150), "\(member)")
    }
    #expect(try fixture.stockLeft("tea") == [12 - Int64(issued.count), 0, Int64(issued.count), 0])
    #expect(fixture.deadLetters().isEmpty)
  }
}

extension RewardFixture {
  /// Orders as they stand, by id.
  func orders() throws -> [String: OrderRecord] {
    var found: [String: OrderRecord] = [:]
    for output in driver.outputs(Topic.orders.name) {
      guard let key = output.key else { continue }
      found[key] = try output.value.map { try bytes($0) { try OrderRecord(decoding: $0) } }
    }
    return found
  }
}
