import Loyalty
import TestValues
import Testing

/// Spend that no member can have, event by event: it must not stop the partition.
@Suite(.timeLimit(.minutes(10))) struct BoundedSumTests {
  private let most = Money.largestMinorUnits * 1_000

  @Test func aTiersSpendStopsAtItsBound() {
    var amounts = TierAmounts()
    for _ in 0..<20 { amounts += TierAmounts(spend: most, visits: 1) }
    #expect(amounts.spend == .max && amounts.visits == 20)
    amounts += TierAmounts(spend: -most)
    #expect(amounts.spend == .max - most)
  }

  @Test(arguments: [TierScheme.Window.lifetime, .rolling(months: 12), .calendarYear])
  func aLevelIsHeldWhateverTheWindowSumsTo(window: TierScheme.Window) {
    let scheme = TierScheme(
      metric: .spend, window: window, levels: [TierLevel(id: "member", from: 0), TierLevel(id: "gold", from: 1)])
    let program = program(tiers: scheme)
    var state = TierState(memberId: "M-1", programId: "journey")
    for day in 1...20 {
      let instant = time("2017-01-02").advanced(byMilliseconds: Int64(day) * 86_400_000)
      _ = state.count(
        TierActivity(purchasedAt: instant, spend: most, visits: 1), occurredAt: instant, cause: "P", under: program)
    }
    #expect(state.level == "gold")
  }

  @Test func aPeriodsThresholdIsReachedOnce() {
    let bonus = EarningRule(
      id: "bonus", kind: .threshold(.init(amount: ExactDecimal(100), points: 5, within: .year, repeats: false)))
    var shop = Shop(program(bonus))
    for number in 1...20 {
      let lines = (0..<1_000).map { _ in
        PurchaseLine(sku: "A", category: nil, quantity: .one, amount: Money.largestMinorUnits, discount: 0)
      }
      shop.buy(purchase("P\(number)", lines: lines))
    }
    #expect(shop.available == 5)
  }
}
