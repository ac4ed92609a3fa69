import Contracts
import Loyalty
import RewardEngine
import Rewards
import StreamRuntime
import StreamTesting
import TestValues
import Testing

/// Several codes in one command of a till, which lie in several partitions: all of them or none.
@Suite(.timeLimit(.minutes(10))) struct BundleTests {
  /// A member with a tenth off, 50,000 off and a gift card of 100,000, and their codes in that order.
  private func issued() throws -> (RewardFixture, [CodeDigest]) {
    let fixture = try RewardFixture(
      rewards: ["tenth", "fifty", "card", "alone"].map { RewardFixture.reward($0, pool: $0) },
      pools: [
        RewardFixture.pool("tenth", effect: #"{"kind":"percent","percent":"10"}"#), RewardFixture.pool("fifty"),
        RewardFixture.pool("card", effect: #"{"kind":"credit","value":"100000"}"#),
        RewardFixture.pool("alone", more: #","combinable":false"#),
      ], partitionCount: 3)
    for id in ["tenth", "fifty", "card", "alone"] { fixture.redeem(id, id) }
    try fixture.run()
    return (fixture, try ["tenth", "fifty", "card", "alone"].map { try fixture.code($0) })
  }

  private func states(_ fixture: RewardFixture) throws -> [String: Voucher.State] {
    try Dictionary(uniqueKeysWithValues: fixture.vouchers().values.map { ($0.issue.redemptionId, $0.state) })
  }

  @Test func theyAreHeldInTheirOrderWithGiftCardsLast() throws {
    let (fixture, codes) = try issued()
    defer { fixture.driver.close() }
    let held = fixture.till(fixture.hold("h-1", bill: "B-1", amount: 250_000), [codes[2], codes[0], codes[1]])
    try fixture.run()
    let answer = try #require(try fixture.answer(held))
    // 250,000 less a tenth, less 50,000, is 175,000; the card pays 100,000 of it.
    #expect(answer.outcome == .held && answer.hold == "h-1" && answer.toPay?.text == "75000")
    #expect(answer.vouchers.map(\.off?.total) == [100_000, 25_000, 50_000])
    #expect(answer.vouchers.allSatisfy { $0.heldUntil == fixture.now.advanced(byMilliseconds: 900_000) })
    #expect(try states(fixture) == ["tenth": .held, "fifty": .held, "card": .held, "alone": .active])
    #expect(fixture.rows("bundles") == 0 && fixture.deadLetters().isEmpty)
    let used = fixture.till(.commit(.init(hold: "h-1")), [codes[2], codes[0], codes[1]])
    try fixture.run()
    #expect(try fixture.answer(used)?.outcome == .committed)
    #expect(try fixture.answer(used)?.vouchers.map(\.off?.total) == [100_000, nil, nil])
    #expect(try states(fixture) == ["tenth": .used, "fifty": .used, "card": .used, "alone": .active])
    let back = fixture.till(.rollBack(redemption: "h-1", reason: "void"), [codes[2], codes[0], codes[1]])
    try fixture.run()
    #expect(try fixture.answer(back)?.outcome == .givenBack)
    #expect(try states(fixture).values.allSatisfy { $0 == .active })
  }

  @Test func oneThatCannotBeHadLetsNoneBeHeldAndIsNamed() throws {
    let (fixture, codes) = try issued()
    defer { fixture.driver.close() }
    fixture.till(fixture.hold("h-0", bill: "B-0"), codes[1])
    try fixture.run()
    let held = fixture.till(fixture.hold("h-1", bill: "B-1"), [codes[0], codes[1], codes[3]])
    let unknown = fixture.till(
      fixture.hold("h-2", bill: "B-2"), [codes[0], CodeDigest(high: 1, low: 2), codes[3]])
    let alone = fixture.till(fixture.hold("h-3", bill: "B-3"), [codes[0], codes[3]])
    let twice = fixture.till(fixture.hold("h-4", bill: "B-4"), [codes[0], codes[2], codes[0]])
    let other = fixture.till(fixture.hold("h-5", bill: "B-5"), [codes[0], codes[2]], member: "M-2")
    try fixture.run()
    let refusals = try [held, unknown, alone, twice, other].map { try fixture.answer($0)?.refusal }
    #expect(refusals.map(\.?.code) == ["held", "unknown", "not-combinable", "not-combinable", "unknown"])
    #expect(refusals.map(\.?.place) == [1, 1, 1, 2, 0])
    #expect(try states(fixture) == ["tenth": .active, "fifty": .held, "card": .active, "alone": .active])
    #expect(fixture.rows("bundles") == 0)
  }

  @Test func aCheckSaysWhatTheyTakeOffTogetherAndHoldsNothing() throws {
    let (fixture, codes) = try issued()
    defer { fixture.driver.close() }
    let basket = Basket(currency: currency("VND"), lines: [BasketLine(sku: "latte", amount: 200_000)])
    let checked = fixture.till(.check(basket), [codes[0], codes[2]])
    let bare = fixture.till(.check(nil), [codes[0], codes[2]])
    try fixture.run()
    #expect(try fixture.answer(checked)?.outcome == .usable && fixture.answer(checked)?.toPay?.text == "80000")
    #expect(try fixture.answer(bare)?.outcome == .usable && fixture.answer(bare)?.toPay == nil)
    #expect(try states(fixture).values.allSatisfy { $0 == .active })
  }

  @Test func theyAreReleasedTogether() throws {
    let (fixture, codes) = try issued()
    defer { fixture.driver.close() }
    let both = [codes[0], codes[1]]
    fixture.till(fixture.hold("h-1", bill: "B-1"), both)
    try fixture.run()
    let stranger = fixture.till(.release(hold: "h-1", bill: "B-2"), both)
    try fixture.run()
    #expect(try fixture.answer(stranger)?.refusal?.code == "held")
    let released = fixture.till(.release(hold: "h-1", bill: "B-1"), both)
    try fixture.run()
    #expect(try fixture.answer(released)?.outcome == .released)
    #expect(try states(fixture).values.allSatisfy { $0 == .active })
  }

  @Test func aCommitOfWhichOneIsNotHeldUsesNone() throws {
    let (fixture, codes) = try issued()
    defer { fixture.driver.close() }
    fixture.till(fixture.hold("h-1", bill: "B-1"), codes[0])
    try fixture.run()
    let used = fixture.till(.commit(.init(hold: "h-1")), [codes[0], codes[1]])
    let ended = fixture.till(.cancel(actor: "ann", reason: "lost"), [codes[0], codes[1]])
    try fixture.run()
    #expect(try fixture.answer(used)?.refusal == .init(code: "no-hold", place: 1))
    #expect(try fixture.answer(ended)?.refusal?.code == "limit-reached")
    #expect(try states(fixture) == ["tenth": .held, "fifty": .active, "card": .active, "alone": .active])
    let alone = fixture.till(.commit(.init(hold: "h-1")), codes[0])
    try fixture.run()
    #expect(try fixture.answer(alone)?.outcome == .committed)
  }

  @Test func wrongCodesAreCountedWhereTheyWouldLie() throws {
    let fixture = try RewardFixture(partitionCount: 1, wrongMax: 4)
    defer { fixture.driver.close() }
    let guesses = (1...4).map { CodeDigest(high: UInt64($0), low: 7) }
    fixture.till(.check(nil), guesses)
    try fixture.run()
    let later = fixture.till(.check(nil), [guesses[0], guesses[1]])
    try fixture.run()
    #expect(try fixture.answer(later)?.refusal?.code == "throttled")
  }

  @Test(arguments: 1...16) func bundlesThatWantTheSameGetAllOrNone(seed: Int) throws {
    let (fixture, codes) = try issued()
    defer { fixture.driver.close() }
    // Each bill wants two of three, in either order, some offline without a hold; some codes alone.
    let wanted = [[0, 1], [1, 0], [1, 2], [2, 1], [0, 2], [2, 0]]
    var random = SplitMix(seed: UInt64(seed))
    var asked: [String: [Int]] = [:]
    for (bill, places) in wanted.enumerated() {
      let kind: TillCommand.Kind =
        random.happens(oneIn: 2)
        ? .commit(.init(hold: "h-\(bill)", offlineBill: "B-\(bill)")) : fixture.hold("h-\(bill)", bill: "B-\(bill)")
      asked[fixture.till(kind, places.map { codes[$0] })] = places
    }
    try fixture.runThroughCrashes(seed: UInt64(seed))
    var commits: [String: String] = [:]
    for (bill, places) in wanted.enumerated() {
      commits[fixture.till(.commit(.init(hold: "h-\(bill)")), places.map { codes[$0] })] = "h-\(bill)"
    }
    try fixture.runThroughCrashes(seed: UInt64(seed) &+ 100)
    let answers = try fixture.driver.values(of: Topic.voucherAnswers.name) { try TillAnswer(decoding: $0) }
    #expect(answers.count { asked[$0.id] != nil } == asked.count)
    #expect(answers.count { commits[$0.id] != nil } == commits.count)
    // A use stands of each code of a bill that was told so, and of no other's.
    let used = answers.filter { $0.outcome == .committed }.compactMap(\.hold)
    let standing = try fixture.uses(codes)
    for (bill, places) in wanted.enumerated() {
      for place in places {
        #expect(standing[place].contains("h-\(bill)") == used.contains("h-\(bill)"), "\(bill) \(place)")
      }
    }
    #expect(standing[0].count <= 1 && standing[1].count <= 1)
    #expect(fixture.rows("bundles") == 0 && fixture.deadLetters().isEmpty)
  }
}

extension RewardFixture {
  @discardableResult
  func till(_ kind: TillCommand.Kind, _ codes: [CodeDigest], source: String = "pos", member: String? = nil) -> String {
    send(kind, codes, source: source, member: member, at: nil)
  }

  /// The ids of uses that stand, of each code.
  func uses(_ codes: [CodeDigest]) throws -> [[String]] {
    try codes.map { code in
      let key = Array(code.hexadecimal.utf8)
      let image = driver.rows(of: "vouchers", partition: partition(code)).first { $0.key == key }?.value ?? []
      let row = try image.withUnsafeBytes { try RowImage.read($0, as: VoucherRow.self) }
      return (row.held?.voucher.redemptions ?? []).filter { $0.givenBack == nil }.map(\.id)
    }
  }
}
