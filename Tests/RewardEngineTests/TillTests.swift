import Contracts
import Loyalty
import RewardEngine
import Rewards
import StreamTesting
import TestValues
import Testing

@Suite(.timeLimit(.minutes(10))) struct TillTests {
  /// A member with a voucher, and its code.
  private func issued(
    effect: String = #"{"kind":"amount","amount":"50000"}"#, more: String = "", wrongMax: Int64 = 20
  ) throws -> (RewardFixture, CodeDigest) {
    let fixture = try RewardFixture(
      pools: [RewardFixture.pool("own", effect: effect, more: more)], partitionCount: 3, wrongMax: wrongMax)
    fixture.redeem("r-1")
    try fixture.run()
    return (fixture, try fixture.code("r-1"))
  }

  @Test func aHoldSaysWhatComesOffAndACommitUsesIt() throws {
    let (fixture, code) = try issued()
    defer { fixture.driver.close() }
    let held = fixture.till(fixture.hold("h-1", bill: "B-1"), code)
    try fixture.run()
    let answer = try #require(try fixture.answer(held))
    #expect(answer.outcome == .held && answer.toPay?.text == "45000")
    #expect(answer.vouchers[0].off?.lines == [50_000])
    #expect(answer.vouchers[0].heldUntil == fixture.now.advanced(byMilliseconds: 900_000))
    #expect(try fixture.vouchers().values.map(\.heldBy) == ["B-1"])
    let other = fixture.till(fixture.hold("h-2", bill: "B-2"), code)
    let committed = fixture.till(.commit(.init(hold: "h-1")), code)
    let again = fixture.till(.commit(.init(hold: "h-1")), code)
    let late = fixture.till(fixture.hold("h-3", bill: "B-3"), code)
    try fixture.run()
    #expect(try fixture.answer(other)?.refusal?.code == "held")
    #expect(try fixture.answer(committed)?.outcome == .committed && fixture.answer(again)?.outcome == .committed)
    #expect(try fixture.answer(late)?.refusal?.code == "used")
    #expect(try fixture.vouchers().values.map(\.state) == [.used])
    #expect(try fixture.status("r-1")?.state == .used)
    #expect(fixture.driver.metrics.exposition().contains(#"stampede_vouchers_used_total{service="reward-engine"} 1"#))
  }

  @Test func aHoldEndsByItsTimeAndIsTold() throws {
    let (fixture, code) = try issued()
    defer { fixture.driver.close() }
    fixture.till(fixture.hold("h-1", bill: "B-1"), code)
    try fixture.run()
    fixture.wait(minutes: 15)
    try fixture.run()
    #expect(try fixture.vouchers().values.map(\.state) == [.active])
    let other = fixture.till(fixture.hold("h-2", bill: "B-2"), code)
    let late = fixture.till(.commit(.init(hold: "h-1")), code)
    try fixture.run()
    #expect(try fixture.answer(other)?.outcome == .held)
    #expect(try fixture.answer(late)?.refusal?.code == "held")
  }

  @Test func aReleasedHoldIsFreeForOthers() throws {
    let (fixture, code) = try issued()
    defer { fixture.driver.close() }
    fixture.till(fixture.hold("h-1", bill: "B-1"), code)
    fixture.till(.release(hold: "h-1", bill: "B-1"), code)
    let other = fixture.till(fixture.hold("h-2", bill: "B-2"), code)
    let gone = fixture.till(.commit(.init(hold: "h-1")), code)
    try fixture.run()
    #expect(try fixture.answer(other)?.outcome == .held)
    #expect(try fixture.answer(gone)?.refusal?.code == "no-hold")
  }

  @Test func anUndoneUseIsTheMembersAgain() throws {
    let (fixture, code) = try issued()
    defer { fixture.driver.close() }
    fixture.till(fixture.hold("h-1", bill: "B-1"), code)
    fixture.till(.commit(.init(hold: "h-1")), code)
    try fixture.run()
    let back = fixture.till(.rollBack(redemption: "h-1", reason: "returned"), code)
    try fixture.run()
    #expect(try fixture.answer(back)?.outcome == .givenBack)
    #expect(try fixture.status("r-1")?.state == .givenBack)
    #expect(try fixture.vouchers().values.map(\.state) == [.active])
  }

  @Test func aGiftCardIsSpentInParts() throws {
    let (fixture, code) = try issued(effect: #"{"kind":"credit","value":"100000"}"#)
    defer { fixture.driver.close() }
    fixture.till(fixture.hold("h-1", bill: "B-1", amount: 60_000), code)
    let first = fixture.till(
      .commit(.init(hold: "h-1", amount: Money(minorUnits: 50_000, currency: currency("VND")))), code)
    let second = fixture.till(fixture.hold("h-2", bill: "B-2", amount: 80_000), code)
    try fixture.run()
    #expect(try fixture.answer(first)?.vouchers.first?.left == 50_000)
    #expect(try fixture.answer(second)?.vouchers.first?.off?.total == 50_000)
    #expect(try fixture.answer(second)?.toPay?.text == "30000")
    #expect(try fixture.status("r-1")?.state == .issued)
  }

  @Test func twoTillsThatCouldNotAskAreToldOfEachOther() throws {
    let (fixture, code) = try issued()
    defer { fixture.driver.close() }
    let earlier = fixture.now
    fixture.wait(minutes: 60)
    let first = fixture.till(.commit(.init(hold: "off-1", offlineBill: "B-1")), code, at: earlier)
    let second = fixture.till(.commit(.init(hold: "off-2", offlineBill: "B-2")), code, at: earlier)
    try fixture.run()
    #expect(try fixture.answer(first)?.outcome == .committed)
    let refusal = try #require(try fixture.answer(second)?.refusal)
    #expect(refusal.code == "already-used" && refusal.other == "off-1" && refusal.at == earlier)
  }

  @Test func aVoucherRunsOutAndItsRedemptionWithIt() throws {
    let (fixture, code) = try issued()
    defer { fixture.driver.close() }
    fixture.wait(minutes: 31 * 24 * 60)
    try fixture.run()
    #expect(try fixture.vouchers().values.map(\.state) == [.expired])
    #expect(try fixture.status("r-1")?.state == .expired)
    let late = fixture.till(fixture.hold("h-1", bill: "B-1"), code)
    try fixture.run()
    #expect(try fixture.answer(late)?.refusal?.code == "expired")
    // In the end the code alone is remembered.
    fixture.wait(minutes: 401 * 24 * 60)
    try fixture.run()
    #expect(try fixture.vouchers().isEmpty)
    #expect(fixture.rows("vouchers") == 1 && fixture.rows("holders") == 0 && fixture.rows("redemptions") == 0)
  }

  @Test func anotherMembersCodeIsAsUnknownAsNobodys() throws {
    let (fixture, code) = try issued()
    defer { fixture.driver.close() }
    let nobodys = fixture.till(.check(nil), CodeDigest(high: 1, low: 2), member: "M-2")
    let mine = fixture.till(.check(nil), code, member: "M-2")
    let own = fixture.till(.check(nil), code, member: "M-1")
    let bearer = fixture.till(.check(nil), code)
    try fixture.run()
    #expect(try fixture.answer(nobodys)?.refusal == fixture.answer(mine)?.refusal)
    #expect(try fixture.answer(mine)?.refusal?.code == "unknown")
    #expect(try fixture.answer(own)?.outcome == .usable && fixture.answer(bearer)?.outcome == .usable)
  }

  @Test func whoGuessesIsAnsweredNothingForAWhile() throws {
    let (fixture, code) = try issued(wrongMax: 3)
    defer { fixture.driver.close() }
    // All in the partition of the code.
    let wrong = (UInt64(0)..<100).map { CodeDigest(high: 7, low: $0) }
      .filter { fixture.partition($0) == fixture.partition(code) }.prefix(4)
    let guesses = wrong.map { fixture.till(.check(nil), $0, source: "thief") }
    let right = fixture.till(.check(nil), code, source: "thief")
    let others = fixture.till(.check(nil), code, source: "till")
    try fixture.run()
    #expect(
      try guesses.map { try fixture.answer($0)?.refusal?.code } == ["unknown", "unknown", "unknown", "throttled"])
    #expect(try fixture.answer(right)?.refusal?.code == "throttled")
    #expect(try fixture.answer(others)?.outcome == .usable)
    fixture.wait(minutes: 15)
    let later = fixture.till(.check(nil), code, source: "thief")
    try fixture.run()
    #expect(try fixture.answer(later)?.outcome == .usable)
  }

  @Test func aCheckTellsWhatWouldComeOffAndMovesNothing() throws {
    let (fixture, code) = try issued(more: #","minimum":{"amount":"90000"}"#)
    defer { fixture.driver.close() }
    func basket(_ amount: Int64) -> Basket {
      Basket(currency: currency("VND"), lines: [BasketLine(sku: "latte", amount: amount)])
    }
    let good = fixture.till(.check(basket(95_000)), code)
    let small = fixture.till(.check(basket(80_000)), code)
    try fixture.run()
    #expect(try fixture.answer(good)?.toPay?.text == "45000")
    #expect(
      try fixture.answer(small)?.refusal == .init(code: "below-minimum", required: 90_000, available: 80_000))
    #expect(try fixture.vouchers().values.map(\.state) == [.active])
  }
}

extension RewardFixture {
  func partition(_ digest: CodeDigest) -> Int32 { driver.log.partition(of: Array(digest.hexadecimal.utf8)) }
}
