import Loyalty
import TestValues
import Testing

/// An account holds so many lots and no more; nobody loses a point or a day by it.
@Suite(.timeLimit(.minutes(10))) struct LotLimitTests {
  /// Buys for two dollars `count` times, every `stepMs`.
  private func shop(_ expiry: Program.Expiry, pendingDays: Int = 0, count: Int, stepMs: Int64) -> Shop {
    var shop = Shop(program(spendRule("b", "1"), pendingDays: pendingDays, expiry: expiry))
    for number in 0..<count {
      var bought = purchase("P\(number)", lines: [line("A", "grocery", "2.00")])
      bought.occurredAt = time("2017-01-02").advanced(byMilliseconds: Int64(number) * stepMs)
      shop.buy(bought)
    }
    return shop
  }

  @Test(arguments: [
    Program.Expiry.never, .months(6), .days(30, at: .monthEnd), .inactivity(days: 90),
    .first([.months(6), .inactivity(days: 90)]),
  ])
  func manyPurchasesLieInFewLotsAndCountAsBefore(expiry: Program.Expiry) {
    let shop = shop(expiry, count: 3_000, stepMs: 600_000)
    #expect(shop.account.lots.count <= Account.lotsMax && shop.account.lots.count >= 100)
    #expect(shop.available == 6_000 && shop.account.totals.issued == 6_000)
    #expect(Set(shop.entries.map(\.id)).count == shop.entries.count)
    #expect(shop.entries.contains { $0.type == .lotsMerged && $0.points == 0 })
  }

  @Test func noPointRunsOutSoonerOrMuchLaterForBeingMerged() {
    var shop = shop(.days(30), count: 2_000, stepMs: 600_000)
    var lateMs: Int64 = 0
    for number in stride(from: 0, to: 2_000, by: 7) {
      let at = time("2017-02-01").advanced(byMilliseconds: Int64(number) * 600_000)
      shop.settle(at.advanced(byMilliseconds: -1))
      #expect(shop.available >= Int64(2_000 - number) * 2)
      lateMs = max(lateMs, (shop.available - Int64(2_000 - number) * 2) / 2 * 600_000)
    }
    #expect(lateMs <= 10 * 3_600_000, "at this pace ten hours at most: \(lateMs) ms")
    shop.settle("2017-03-01")
    #expect(shop.available == 0 && shop.account.totals.expired == 4_000)
  }

  @Test func waitingPointsAreReleasedNoLaterForBeingMerged() {
    var shop = shop(.never, pendingDays: 14, count: 1_500, stepMs: 600_000)
    #expect(shop.account.lots.count <= Account.lotsMax && shop.pending == 3_000)
    for number in stride(from: 0, to: 1_500, by: 7) {
      shop.settle(time("2017-01-16").advanced(byMilliseconds: Int64(number) * 600_000))
      #expect(shop.available >= (Int64(number) + 1) * 2 && shop.available + shop.pending == 3_000)
    }
    shop.settle("2017-02-10")
    #expect(shop.available == 3_000 && shop.pending == 0)
  }

  @Test func aReturnTakesFromTheLotThatItsOwnWasMergedInto() {
    var shop = shop(.months(6), count: 1_100, stepMs: 600_000)
    let merged = shop.account.lots.firstIndex { $0.id.hasPrefix(":merged:") }
    guard let merged else {
      Issue.record("nothing was merged")
      return
    }
    let own = shop.entries.first { $0.type == .lotsMerged && $0.lotId == shop.account.lots[merged].id }?.cause ?? ""
    let before = shop.account.lots[merged].available
    shop.cancel("R", of: String(own.dropFirst("pos:".count)), at: "2017-01-20")
    #expect(shop.account.lots[merged].available == before - 2 && shop.available == 2_198)
  }

  @Test func pointsGivenBackGoWhereTheyCameFrom() {
    var shop = shop(.never, count: 1_100, stepMs: 600_000)
    let before = shop.lots
    shop.redeem(1_500, "R", at: "2017-01-20")
    shop.rollBack("R", "C", at: "2017-01-21")
    #expect(shop.lots == before && shop.available == 2_200)
  }
}
